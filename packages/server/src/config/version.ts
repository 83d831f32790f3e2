import { readFileSync } from 'node:fs'
import { packageFile } from './package-file.ts'

/** The version of this package; `unknown` inside a bundle, which does not include package.json. */
export function packageVersion(): string {
  try {
    const text = readFileSync(packageFile('package.json'), 'utf8')
    return (JSON.parse(text) as { version: string }).version
  } catch {
    return 'unknown'
  }
}
