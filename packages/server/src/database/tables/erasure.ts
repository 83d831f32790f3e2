import type { AccountStatus } from '@keyhaven/core/wire'

/** One row per account that is to be erased. Times are milliseconds since 1970. */
export interface ErasureTable {
  account_id: string
  requested_at: number
  erases_at: number
  /** The status that the account had before, and its reason. */
  former_status: AccountStatus
  former_reason: string | null
}
