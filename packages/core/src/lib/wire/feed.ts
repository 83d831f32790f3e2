/** Code that a guard answers for a token that an entry matches. */
export type RevocationCode = 'session_ended' | 'account_locked' | 'token_expired'

/** One revocation, in a `revoke` event or a snapshot: every token with this claim and value is revoked for good. */
export interface RevocationEntry {
  /** Its number in the log. Numbers are consecutive, so a missing one is a gap. */
  readonly seq: number
  /** The claim that it matches; `kid` is a key's name in the header. */
  readonly kind: 'jti' | 'sid' | 'client_id' | 'era' | 'kid'
  readonly id: string
  readonly code: RevocationCode
  /** Milliseconds since 1970 after which the entry can match no token. Entries of keys are kept for ever. */
  readonly until: number
}

/** A `heartbeat`: the end of the log by a read that began after the previous heartbeat. */
export interface FeedMark {
  /** Names the log: a random id made with the database. */
  readonly log: string
  /** Number of the newest entry; 0 before the first. */
  readonly seq: number
  /** The database's time in milliseconds since 1970, taken before the log was read. */
  readonly time: number
}

/** A `snapshot`: entries of the log. Every page of a snapshot has the `seq` of its beginning. */
export interface FeedSnapshot extends FeedMark {
  readonly entries: readonly RevocationEntry[]
  /** Whether another page follows. */
  readonly more: boolean
}

/** The position up to which a guard reports that it has applied the log. */
export interface AppliedMark {
  readonly log: string
  readonly seq: number
}
