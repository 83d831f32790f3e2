import { KeyhavenError } from '@keyhaven/core/errors'
import { PostgresFailure } from './postgres/failure.ts'
import { sqliteCode } from './sqlite/sqlite-code.ts'

/**
 * Whether a transaction failed because of one of its rows, so that the same work with the other rows
 * may succeed. Failures of the database itself, such as a lock or a lost connection, are none.
 */
export function refusesRow(error: unknown): boolean {
  const isOfDatabase =
    error instanceof KeyhavenError && ['unavailable', 'overloaded'].includes(error.code)
  if (!isOfDatabase) return true
  const { cause } = error
  if (cause instanceof PostgresFailure) return POSTGRES.test(cause.state ?? '')
  return SQLITE.has(sqliteCode(cause) ?? 0)
}

/** Values that don't fit, constraints, and what a trigger or function raises (PostgreSQL, appendix A). */
const POSTGRES = /^(?:22|23|44|P0)/

/** SQLite's primary result codes for a value too large, a constraint, and a value of another type. */
const SQLITE: ReadonlySet<number> = new Set([18, 19, 20])
