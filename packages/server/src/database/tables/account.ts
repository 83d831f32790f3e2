import type { AccountStatus } from '@keyhaven/core/wire'
import type { Generated } from 'kysely'

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
  /** Incremented at every password change; proofs made before it no longer count. */
  credential_version: number
  status: AccountStatus
  status_reason: string | null
  created_at: number
  /** 128 random bits that every token of the account carries; null until the first token is issued. */
  era: Generated<string | null>
  /** 1 if a change of the password was lost, or an operator requires one: the next sign-in must reset it. */
  must_reset: Generated<number>
  /** Until when its password can't be reset by a mail that a user requests; null if it can. */
  resets_paused_until: Generated<number | null>
  /** A language tag; null for the language of the browser. */
  locale: Generated<string | null>
}
