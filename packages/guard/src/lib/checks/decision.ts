import type { KeySet } from '@keyhaven/core'
import type { AnyAccess } from '@keyhaven/core/access'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import type { AccessTokenClaims, CookieNames } from '@keyhaven/core/wire'
import type { Auth } from '../auth-object.ts'
import type { GuardRequest } from './request.ts'
import type { OriginPolicy } from './origin.ts'
import type { Refusal } from './refusal.ts'
import type { Revocations } from './revocations.ts'
import type { GoodToken, TokenCounts } from './token-result.ts'

/**
 * How far a decision goes: `renew` lets the sessions of this process renew a token, `look` only reads
 * from them who sent it, `token` uses the token, for when they can't be read.
 */
export type Reach = 'renew' | 'look' | 'token'

/** What a guard says of a request. With `needs` something must be awaited, then asked again. */
export type Decision<A extends AnyAccess = AnyAccess> =
  | { readonly ok: true; readonly auth: Auth<A> }
  | { readonly ok: false; readonly refused: Refusal; readonly needs?: never }
  | { readonly ok: false; readonly needs: 'keys' | 'renewal'; readonly refused?: never }

/** What an issuer tells of itself. */
export interface KnownSources {
  readonly cookies: CookieNames
  readonly origins: OriginPolicy
  readonly keys: KeySet
}

/** A decision with what is needed to settle it. */
export type Judgement<A extends AnyAccess = AnyAccess> = Decision<A> & {
  /** With `needs: 'renewal'`: the good token that came. */
  readonly token?: GoodToken
  /** With it: the session cookie beside it, by `cookieMark`, which may be of another session. */
  readonly mark?: number
}

/** Where a guard's knowledge comes from. */
export interface GuardSources<A extends AnyAccess = AnyAccess> {
  readonly issuer: string
  /** One of these must stand in a token's `aud`. */
  readonly audience: readonly string[]
  readonly access: A
  /** `undefined` as long as the issuer was never reached. */
  known(): KnownSources | undefined
  /** Whether a `kid` that is not in the set is worth a look at the issuer now. */
  mayRefetch(kid: string): boolean
  readonly revocations: Revocations
  /** Counts the checks of tokens; only the guard itself does, where left out. */
  readonly counts?: TokenCounts | undefined
  /** Whether requests may be answered from the copy; always, where nothing is said. */
  readonly mayAnswer?: () => boolean
  /** Hears when a snapshot has taken the place of events that were missed. */
  readonly onSnapshot?: (listener: () => void) => void
  /** In the service's own process alone. */
  readonly sessions?: SessionSource | undefined
  /** Names of headers that pages of other origins may read, besides our own. */
  readonly exposeHeaders?: readonly string[] | undefined
  /** Integer seconds since 1970. */
  now(): number
  /** Tells the failed check in answers. */
  readonly development: boolean
}

/** The sessions themselves: they answer where no good access token came, and renew near its end. */
export interface SessionSource {
  /** Whether a cookie's good token is to be renewed now. */
  isDue(claims: AccessTokenClaims): boolean
  /** Makes every check of a request by its session cookie, and renews where that is due. Never rejects. */
  settle(request: GuardRequest, mayRenew: boolean): Promise<SettledSession>
}

export type SettledSession =
  | {
      readonly ok: true
      readonly claims: AccessTokenClaims
      /** `Set-Cookie` lines for the answer. */
      readonly cookies: readonly string[]
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly details: ErrorDetails }
