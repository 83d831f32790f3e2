import { readFileSync } from 'node:fs'

/** The version of this package; `unknown` inside a bundle, which does not include package.json. */
export function packageVersion(): string {
  try {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
    return (JSON.parse(text) as { version: string }).version
  } catch {
    return 'unknown'
  }
}
