import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { root } from './root.ts'

/** What a copy of the sources needs to run the model test. */
const parts = [
  'packages',
  'tests/doses.ts',
  'package.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'vitest.config.ts',
]

/** The dose at which the model test of a package must notice a mistake: what `npm test` runs, if it can. */
const doses: Readonly<Record<string, string>> = { guard: 'whole', client: 'small' }

/**
 * Applies each of tests/chaos/mutations to a copy of the sources, and runs the model test of the changed
 * package there: it must fail, or it proves nothing. A patch that no longer applies is a failure too.
 * `node tools/mutations.ts page` runs those whose name begins so.
 */
let good = true
const chosen = `tests/chaos/mutations/${process.argv[2] ?? ''}*.patch`
for (const patch of globSync(chosen, { cwd: root }).toSorted()) {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-mutant-'))
  try {
    const began = performance.now()
    const outcome = outcomeOf(patch, folder)
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    const caught = outcome === 'caught'
    console.log(
      `${caught ? 'ok' : 'FAILED'}  ${basename(patch, '.patch')}: ${outcome} (${seconds} s)`,
    )
    good &&= caught
  } finally {
    rmSync(folder, { recursive: true })
  }
}
process.exitCode = good ? 0 : 1

function outcomeOf(patch: string, folder: string): string {
  for (const part of parts) {
    const filter = (path: string): boolean => !/\/(node_modules|dist)$/.test(path)
    cpSync(join(root, part), join(folder, part), { recursive: true, filter })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const applied = spawnSync('git', ['apply', join(root, patch)], { cwd: folder })
  if (applied.status !== 0) return `does not apply: ${String(applied.stderr).trim()}`
  const [, name = ''] =
    /^\+\+\+ b\/packages\/(\w+)\//m.exec(readFileSync(join(root, patch), 'utf8')) ?? []
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    ['run', '--project', name, 'model'],
    {
      cwd: folder,
      env: { ...process.env, KEYHAVEN_DOSE: doses[name], NO_COLOR: '1' },
      timeout: 600_000,
    },
  )
  if (status === 0) return 'not noticed by the model test'
  // A copy that can’t even start would fail for another reason
  return String(stderr).includes('Property failed')
    ? 'caught'
    : `broke otherwise:\n${String(stdout)}${String(stderr)}`
}
