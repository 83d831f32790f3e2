import type { Generated } from 'kysely'

/** One row per sign-in. Times are milliseconds since 1970. */
export interface SessionTable {
  id: string
  account_id: string
  /** SHA-256 of the session cookie, base64url. */
  cookie_hash: string
  created_at: number
  auth_time: number
  /** JSON array (RFC 8176). */
  amr: string
  device: string | null
  /** The client's network address at the sign-in. */
  address: Generated<string | null>
  /** Kind of browser and system at the sign-in, from a fixed list. */
  browser: Generated<string | null>
  remember: number
  last_used_at: number
  idle_expires_at: number
  absolute_expires_at: number | null
  /** When and why it ended; both null while it is live. */
  ended_at: number | null
  end_code: 'session_ended' | 'account_locked' | null
  /** The token of the last renewal, which requests within seconds share. */
  renewed_jti: string | null
  renewed_at: number | null
  /** The installation's epoch in which it was opened; the next epoch ends it. */
  epoch: Generated<number>
}
