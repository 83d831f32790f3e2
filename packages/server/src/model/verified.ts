import type { ChainPlace } from '../stores/audit/chain-place.ts'

/** The result of verifying the audit log. Times are RFC 3339 texts. */
export interface Verified {
  /** How many rows are correct, and when the first and last were written. */
  readonly rows: number
  readonly first: string | undefined
  readonly last: string | undefined
  /** The last correct row. */
  readonly head: ChainPlace
  /**
   * When the database was restored from a backup; rows written between the backup and then may be
   * missing.
   */
  readonly restored: readonly string[]
  /** The first broken row. */
  readonly broken: Broken | undefined
}

/** The first broken row of a chain, and how it is broken. */
export interface Broken {
  readonly number: number
  readonly what: 'edited' | 'inserted' | 'missing' | 'truncated' | 'replaced'
}
