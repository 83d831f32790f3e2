/** What a guard guards, and what it may do besides reading the feed; all are URLs. */
export interface GuardOptions {
  /** The audiences that it guards; without it those of a cookie's token. */
  readonly audience?: readonly string[] | undefined
  /** The audiences that it may exchange tokens for; without it none. */
  readonly exchangeTo?: readonly string[] | undefined
  /** Addresses besides its audiences at whose origins it redeems tickets. */
  readonly url?: readonly string[] | undefined
}
