/** The second factors that were removed from an account, and how many credentials ended. */
export interface ResetFactors {
  readonly factors: number
  readonly ended: {
    readonly sessions: number
    readonly apiKeys: number
    readonly delegations: number
  }
}
