/** A password that must be replaced. */
export interface StartedReset {
  /** The link that replaces it. It works once. */
  readonly link: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  readonly ended: {
    readonly sessions: number
    readonly apiKeys: number
    readonly delegations: number
  }
}
