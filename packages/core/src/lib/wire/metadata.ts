/** Full names of the service's cookies, prefixes included. */
export interface CookieNames {
  readonly access: string
  readonly session: string
}

/** The service's metadata document (RFC 8414), with what a guard needs to know beyond it. */
export interface Metadata {
  readonly issuer: string
  readonly jwks_uri: string
  readonly keyhaven_cookie: CookieNames
  /** Origins besides the issuer's own that may send a browser's requests. */
  readonly keyhaven_origins: readonly string[]
  /** Longest time in seconds that a guard may answer from an old copy of the revocations. */
  readonly keyhaven_max_staleness: number
  readonly [name: string]: unknown
}
