/** One row per revocation that is still needed. */
export interface RevocationTable {
  seq: number
  kind: 'jti' | 'sid' | 'client_id' | 'kid'
  id: string
  code: 'session_ended' | 'account_locked' | 'token_expired'
  /** Milliseconds since 1970 after which no token can be hit any more. */
  until: number
}

/** One row: the number of the newest revocation, and the highest that may have been dropped. */
export interface RevocationCounterTable {
  id: number
  seq: number
  dropped: number
}
