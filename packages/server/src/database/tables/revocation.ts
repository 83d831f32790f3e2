import type { Generated } from 'kysely'

/** The content of a revocation. */
interface Entry {
  kind: 'jti' | 'sid' | 'client_id' | 'kid'
  id: string
  /**
   * The era that the entry ends; null for any other entry. `kind` and `id` then contain what a
   * process of the previous version, which knows no eras, can send to its guards.
   */
  era: Generated<string | null>
  /**
   * The row of `revocation_effects` with other changes of the same transaction; null if `kind` and
   * `id` are enough.
   */
  effect_id: Generated<string | null>
  code: 'session_ended' | 'account_locked' | 'token_expired'
  /** Milliseconds since 1970 after which every token that it can match has expired. */
  until: number
}

/** The columns of an entry, in both tables. */
export const entryColumns = ['kind', 'id', 'code', 'until', 'era', 'effect_id'] as const

/** One row per revocation that is still needed. */
export interface RevocationTable extends Entry {
  seq: number
}

/** One row per revocation without a number yet. */
export interface PendingRevocationTable extends Entry {
  place: Generated<number>
}

/**
 * What an entry changed in other rows, so that it can be repeated on a database that has lost it.
 */
export interface RevocationEffectTable {
  id: string
  /** JSON object; never sent to a guard. */
  effect: string
  /** The same as the entry's. */
  until: number
}

/**
 * One row: the number of the newest revocation, and the highest number that may have been deleted.
 */
export interface RevocationCounterTable {
  id: number
  seq: number
  dropped: number
}
