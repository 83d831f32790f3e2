import { readFileSync } from 'node:fs'
import { demandsPage } from '../demands/page.ts'
import { root } from '../root.ts'

/** Each demand has an answer, `docs/security/demands.md` is up to date, and the number that wait is printed. */
export function demandsAreAnswered(): readonly string[] {
  const { text, faults, notBuilt } = demandsPage()
  console.log(`demands that wait for a feature: ${notBuilt}`)
  const page = readFileSync(`${root}/docs/security/demands.md`, 'utf8')
  return page === text
    ? faults
    : [...faults, 'docs/security/demands.md is not up to date: run npm run reference']
}

if (import.meta.main) {
  const faults = demandsAreAnswered()
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
}
