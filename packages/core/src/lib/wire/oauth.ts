import type { AccessTokenClaims } from './claims.ts'

/** A successful answer of the token endpoint (RFC 6749 §5.1, RFC 8693 §2.2.1). */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  /** Space separated; absent if it is empty. */
  readonly scope?: string
  readonly refresh_token?: string
  /** Only after an exchange. */
  readonly issued_token_type?: 'urn:ietf:params:oauth:token-type:access_token'
}

/** A refusal of the token endpoint (RFC 6749 §5.2, RFC 8693 §2.2.2). */
export interface OAuthError {
  readonly error:
    | 'invalid_request'
    | 'invalid_client'
    | 'invalid_grant'
    | 'unauthorized_client'
    | 'unsupported_grant_type'
    | 'invalid_scope'
    | 'invalid_target'
    | 'unsupported_token_type'
    /** Beside 429 and 503, which say when to try again. */
    | 'temporarily_unavailable'
    | 'server_error'
  readonly error_description?: string
}

/** The answer of the introspection (RFC 7662 §2.2). */
export type Introspection =
  | (AccessTokenClaims & {
      readonly active: true
      readonly token_type: 'Bearer'
      /** Only to a guard, about an API key: the networks from which it works, compared at each request. */
      readonly addresses?: readonly string[]
    })
  | {
      readonly active: true
      readonly token_type: 'refresh_token'
      readonly client_id: string
      readonly sub: string
    }
  | {
      readonly active: false
      /** Only to a guard, about an API key: the code to refuse with. */
      readonly code?: string
    }
