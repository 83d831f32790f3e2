import type { AccessTokenClaims } from '../wire/claims.ts'
import type { KeySet } from './key-set.ts'

/** The values that a token must match. */
export interface TokenExpectations {
  readonly keys: KeySet
  /** Compared byte for byte. */
  readonly issuer: string
  /** `aud` must contain one of these. */
  readonly audience: string | readonly string[]
  /** Integer seconds since 1970, from a clock that never goes back. */
  readonly now: number
  /** Seconds that clocks may differ; 5 if left out, and never more. */
  readonly leeway?: number
}

/** A checked token, or the code to answer and the reason to log. */
export type CheckedToken =
  | { readonly ok: true; readonly claims: AccessTokenClaims; readonly kid: string }
  | RefusedToken

/** A refused token: the code to answer, and the check that failed, for the log. */
export interface RefusedToken {
  readonly ok: false
  readonly code: 'token_invalid' | 'token_expired'
  readonly reason: string
}
