import { readdirSync, readFileSync } from 'node:fs'
import { packageFile } from '../package-file.ts'
import { tokensIn } from './contrast.ts'
import type { Tokens } from './contrast.ts'

/**
 * The colours of the built pages, beside which a brand's are seen; none in a bundle of an application, which has no
 * such pages.
 */
export function lookTokens(): Tokens {
  const folder = packageFile('dist/pages/')
  try {
    const styles = readdirSync(folder).filter((name) => name.endsWith('.css'))
    return new Map(
      styles.flatMap((name) => [...tokensIn(readFileSync(new URL(name, folder), 'utf8'))]),
    )
  } catch {
    return new Map()
  }
}
