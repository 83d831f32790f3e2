/** What only an exchanged token has; the rest is in its row of `credentials`. */
export interface DelegationTable {
  credential_id: string
  /** JSON array of the audiences of its token. */
  audiences: string
  /** The client that exchanged it, as `client_id` names it, or `guard:` and the name of a guard. */
  actor: string | null
  /** The issuer of the token that was exchanged, if it is another service. */
  issuer: string | null
}

/** One row per token of another service that was exchanged, so that each is exchanged once. */
export interface ForeignTokenTable {
  issuer: string
  /** SHA-256 of the `jti`, base64url. */
  jti_sha256: string
  /** Milliseconds since 1970, after which the token is refused anyway. */
  expires_at: number
}
