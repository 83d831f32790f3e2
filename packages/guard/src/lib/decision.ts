import type { KeySet } from '@keyhaven/core'
import type { AnyAccess } from '@keyhaven/core/access'
import type { CookieNames } from '@keyhaven/core/wire'
import type { Auth } from './auth.ts'
import type { OriginPolicy } from './origin.ts'
import type { Refusal } from './refusal.ts'
import type { Revocations } from './revocations.ts'
import type { TokenResult } from './token-result.ts'

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
  /** Where no access cookie exists: claims of the live session behind these session cookies. */
  readonly bySession?: ((cookies: readonly string[]) => Promise<TokenResult>) | undefined
  /** Integer seconds since 1970. */
  now(): number
  /** Tells the failed check in answers. */
  readonly development: boolean
}
