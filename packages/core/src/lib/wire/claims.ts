/** Claims of an access token (RFC 9068 §2.2). All times are integer seconds since 1970. */
export interface AccessTokenClaims {
  /** The issuer, exact. */
  readonly iss: string
  /** Absolute URL of the account: `{issuer}/accounts/{id}`, a pseudonym, never reused. */
  readonly sub: string
  /** Identifiers (URLs) of the APIs that this token is for. A cookie's token always contains the issuer. */
  readonly aud: readonly string[]
  readonly exp: number
  readonly iat: number
  /** 128 random bits, never reused. */
  readonly jti: string
  /** `web`, `native`, an API key's id or a registered client. */
  readonly client_id: string
  /** Id of the session; absent if the token has no session. */
  readonly sid?: string
  /**
   * The account's era: 128 random bits. A lock, an erasure or “end everything” begins a new one, and one
   * entry then ends every credential of the former era. A token of an older service has none.
   */
  readonly era?: string
  /** Declared scopes in full, space separated, without wildcards. */
  readonly scope?: string
  /** When the person last proved who they are; 0 if they have not. */
  readonly auth_time?: number
  /** How they proved it (RFC 8176). */
  readonly amr?: readonly string[]
  /** The session's absolute end; absent if it has none. */
  readonly session_exp?: number
  /** In a cookie's token: base64url(SHA-256(XSRF token)). */
  readonly xsrf?: string
  /** Who acts for the account, the latest first (RFC 8693 §4.1); at most 4 deep. */
  readonly act?: ActorClaim
  /** Application claims. */
  readonly [name: string]: unknown
}

/** An actor, and the one before (RFC 8693 §4.1). Only the outermost counts. */
export interface ActorClaim {
  readonly sub: string
  readonly act?: ActorClaim
}
