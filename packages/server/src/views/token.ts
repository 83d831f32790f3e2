/** An issued token in a list. Times are RFC 3339 texts. */
export interface TokenItem {
  readonly jti: string
  readonly account: string
  readonly session: string | null
  readonly clientId: string
  readonly issuedAt: string
  readonly expiresAt: string
}
