/** Code that a guard answers for whatever an entry hits. */
export type RevocationCode = 'session_ended' | 'account_locked' | 'token_expired'

/** One revocation, as a `revoke` event and in a snapshot: what carries this claim with this value is dead for good. */
export interface RevocationEntry {
  /** Its number in the log: consecutive, so that a missing one is a gap. */
  readonly seq: number
  /** The claim that it matches; `kid` is a key's name in the header. */
  readonly kind: 'jti' | 'sid' | 'client_id' | 'era' | 'kid'
  readonly id: string
  readonly code: RevocationCode
  /** Milliseconds since 1970 after which it can hit no token any more. Those of keys stay for ever. */
  readonly until: number
}

/** `heartbeat`: the result of a read of the log begun after the last one. */
export interface FeedMark {
  /** Names the log: a random id made with the database. */
  readonly log: string
  /** Number of the newest entry; 0 before the first. */
  readonly seq: number
  /** The database's time in milliseconds since 1970, taken before the log was read. */
  readonly time: number
}

/** `snapshot`: entries of the log; every page of one snapshot carries the `seq` at its start. */
export interface FeedSnapshot extends FeedMark {
  readonly entries: readonly RevocationEntry[]
  /** Whether another page follows. */
  readonly more: boolean
}

/** What a guard reports to have applied. */
export interface AppliedMark {
  readonly log: string
  readonly seq: number
}
