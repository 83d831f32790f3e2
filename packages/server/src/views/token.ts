export interface TokenItem {
  readonly jti: string
  readonly account: string
  readonly session: string | null
  readonly clientId: string
  readonly issuedAt: string
  readonly expiresAt: string
}
