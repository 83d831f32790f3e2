import type { ErrorCode } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'

/** A token that is good now. What is learnt of it is noted in it, and holds as long as it does. */
export interface GoodToken {
  readonly ok: true
  readonly claims: AccessTokenClaims
  readonly kid: string
  /** The XSRF header that matched it last. */
  matchedXsrf?: string | undefined
  /** Whether it was made for a cookie. */
  isCookies?: boolean | undefined
  /** The session cookie that is known to be of its session, by `cookieMark`. */
  agreed?: number | undefined
  /** What handlers are given. */
  auth?: unknown
}

/** Checks of tokens since the start: plain numbers, as every request bumps one. */
export interface TokenCounts {
  /** Good, and its signature was checked before. */
  remembered: number
  /** Good, after its signature was checked. */
  firstSight: number
  refused: number
}

/** A token that is good now, or why not. `needsKeys`: its key may be new at the issuer. */
export type TokenResult =
  | GoodToken
  | {
      readonly ok: false
      readonly code: ErrorCode
      readonly reason: string
      readonly needsKeys?: boolean
    }
