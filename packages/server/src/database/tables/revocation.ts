import type { Generated } from 'kysely'

/** What a revocation says. */
interface Entry {
  kind: 'jti' | 'sid' | 'client_id' | 'kid'
  id: string
  /**
   * The era that the entry ends; null for any other entry. Beside it `kind` and `id` hold what a
   * process of the version before, which knows no eras, can pass on to its guards.
   */
  era: Generated<string | null>
  /** The row of `revocation_effects` with what was changed besides; null if `kind` and `id` are enough. */
  effect_id: Generated<string | null>
  code: 'session_ended' | 'account_locked' | 'token_expired'
  /** Milliseconds since 1970 after which no token can be hit any more. */
  until: number
}

/** One row per revocation that is still needed. */
export interface RevocationTable extends Entry {
  seq: number
}

/** One row per revocation that has no number yet. */
export interface PendingRevocationTable extends Entry {
  place: Generated<number>
}

/** What an entry did to other rows, so that it can be done again on a database that has lost it. */
export interface RevocationEffectTable {
  id: string
  /** JSON object; never sent to a guard. */
  effect: string
  /** As the entry's. */
  until: number
}

/** One row: the number of the newest revocation, and the highest that may have been dropped. */
export interface RevocationCounterTable {
  id: number
  seq: number
  dropped: number
}
