/** What only the session of a browser has; the rest is in its row of `credentials`. */
export interface SessionTable {
  credential_id: string
  /** SHA-256 of the session cookie, base64url. */
  cookie_sha256: string
  auth_time: number
  /** JSON array (RFC 8176). */
  amr: string
  device: string | null
  /** The client's network address at the sign-in. */
  address: string | null
  /** Kind of browser and system at the sign-in, from a fixed list. */
  browser: string | null
  remember: number
  /** The token of the last renewal, which requests within seconds share. */
  renewed_jti: string | null
  renewed_at: number | null
  /** The address and the browser of the last renewal, as above; null before the first one. */
  renewed_address: string | null
  renewed_browser: string | null
}
