import type { AdministeredAccount } from '@keyhaven/core/wire'

/** The changed account, how many credentials ended, and the number of the last entry. */
export interface StatusChanged {
  readonly account: AdministeredAccount
  readonly ended: {
    readonly sessions: number
    readonly apiKeys: number
    readonly delegations: number
  }
  readonly seq: number
}
