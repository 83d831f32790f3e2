import type { AccountStatus } from '@keyhaven/core/wire'

/** One row per account. `email_key` and `username_key` are the canonical forms that must be unique. */
export interface AccountTable {
  id: string
  email: string
  email_key: string
  email_verified: number
  username: string | null
  username_key: string | null
  name: string | null
  /** JSON object. */
  profile: string | null
  /** PHC string. */
  password_hash: string
  /** Raised at every password change: what was proved before counts no more. */
  credential_version: number
  status: AccountStatus
  status_reason: string | null
  created_at: number
}
