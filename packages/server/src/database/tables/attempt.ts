import type { Generated } from 'kysely'

/**
 * One row per attempt: what a browser has begun and not finished, such as a sign-up whose address is
 * not confirmed. A browser has at most one for each purpose. Times are milliseconds since 1970.
 */
export interface AttemptTable {
  id: string
  /** SHA-256 of the flow cookie, base64url: it names the browser. */
  browser_sha256: string
  purpose: 'sign-up' | 'verify' | 'reset' | 'email-change' | 'second-factor' | 'passkey' | 'mail'
  /** The canonical address of a sign-up; null for other purposes. */
  email_key: string | null
  /** The user name that a sign-up holds. */
  username_key: string | null
  /** JSON of a sign-up: its profile, and the hash of its password; null for other purposes. */
  sign_up: string | null
  /** The account whose sign-in it continues; null for purposes without one. */
  account_id: Generated<string | null>
  /** JSON of what is proved so far, and of how often a factor was wrong; null for purposes without. */
  about: Generated<string | null>
  created_at: number
  expires_at: number
  /** The installation's epoch in which it began; the next one ends it. */
  epoch: number
}
