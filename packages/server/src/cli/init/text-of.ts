import { readFileSync } from 'node:fs'
import { errorCode } from '@keyhaven/core/errors'

/** The text of a file; `undefined` if there is none. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
