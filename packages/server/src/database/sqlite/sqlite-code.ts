import { errorCode } from '@keyhaven/core/errors'

/** The primary result code of an error of SQLite; `undefined` for other errors. */
export function sqliteCode(error: unknown): number | undefined {
  if (errorCode(error) !== 'ERR_SQLITE_ERROR') return undefined
  return (error as { readonly errcode: number }).errcode & 0xff
}
