/** What only an API key has; the rest is in its row of `credentials`, whose id is the key's. */
export interface ApiKeyTable {
  credential_id: string
  name: string
  /** SHA-256 of the secret, base64url. */
  secret_sha256: string
  /** JSON array of the audiences of its tokens; null for all that a cookie's token has. */
  audiences: string | null
  /** JSON array of the networks (CIDR) from which it works; null for all. */
  addresses: string | null
  /** The session in which it was made: a user who denies that sign-in ends it. */
  session_id: string | null
}
