import type { AccessTokenClaims } from '../wire/claims.ts'
import type { KeySet } from './key-set.ts'

/** What a token must match. */
export interface TokenExpectations {
  readonly keys: KeySet
  /** Compared byte for byte. */
  readonly issuer: string
  /** One of these must stand in `aud`. */
  readonly audience: string | readonly string[]
  /** Integer seconds since 1970, from a clock that never goes back. */
  readonly now: number
  /** Seconds that clocks may differ; 5 where left out, and never more. */
  readonly leeway?: number
}

/** A checked token, or the code to answer and the reason to log. */
export type CheckedToken =
  | { readonly ok: true; readonly claims: AccessTokenClaims; readonly kid: string }
  | RefusedToken

export interface RefusedToken {
  readonly ok: false
  readonly code: 'token_invalid' | 'token_expired'
  readonly reason: string
}
