import type { ErrorCode } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'

/** A token that is good now. Its other members are results that stay true for as long as the token is good. */
export interface GoodToken {
  readonly ok: true
  readonly claims: AccessTokenClaims
  readonly kid: string
  /** The last XSRF header that matched. */
  matchedXsrf?: string | undefined
  /** Whether the token was issued for a cookie. */
  isCookies?: boolean | undefined
  /** The `cookieMark` of the session cookie that belongs to its session. */
  agreed?: number | undefined
  /** The `BuiltAuth` whose `auth` handlers get. */
  auth?: unknown
}

/** Counts of token checks since the start. Plain numbers, as every request increments one. */
export interface TokenCounts {
  /** Good, with a signature that was checked before. */
  remembered: number
  /** Good, with a signature that this request had to check. */
  firstSight: number
  refused: number
}

/** A token that is good now, or the refusal. `needsKeys`: its key may be new at the issuer. */
export type TokenResult =
  | GoodToken
  | {
      readonly ok: false
      readonly code: ErrorCode
      readonly reason: string
      readonly needsKeys?: boolean
    }
