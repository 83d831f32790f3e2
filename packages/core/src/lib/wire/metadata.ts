/** Full names of the service's cookies, prefixes included. */
export interface CookieNames {
  readonly access: string
  readonly session: string
}

/** The service's metadata document (RFC 8414), with further members for guards. */
export interface Metadata {
  readonly issuer: string
  readonly jwks_uri: string
  readonly keyhaven_cookie: CookieNames
  /** Origins besides the issuer's own whose pages may send requests. */
  readonly keyhaven_origins: readonly string[]
  /** Origins of native apps and of pages of other sites, which send bearer tokens and no cookies. */
  readonly keyhaven_bearer_origins: readonly string[]
  /** Longest time in seconds that a guard may answer from an old copy of the revocations. */
  readonly keyhaven_max_staleness: number
  readonly [name: string]: unknown
}
