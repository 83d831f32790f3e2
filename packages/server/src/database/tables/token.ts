/** One row per issued access token: its claims, never its signature. */
export interface TokenTable {
  jti: string
  account_id: string
  /** The credential that it stands on. */
  credential_id: string | null
  client_id: string
  /** Seconds since 1970, as in the token. */
  issued_at: number
  expires_at: number
  /** JSON of the claims. */
  claims: string
}
