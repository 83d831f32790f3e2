import type { ApiKeyParts, KeySet } from '@keyhaven/core'
import type { AnyAccess } from '@keyhaven/core/access'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import type { AccessTokenClaims, CookieNames, Introspection } from '@keyhaven/core/wire'
import type { ClientAddress } from '../addresses/client-address.ts'
import type { Auth } from '../auth-object.ts'
import type { GuardRequest } from './request.ts'
import type { OriginPolicy } from './origin.ts'
import type { Refusal } from './refusal.ts'
import type { Revocations } from './revocations.ts'
import type { GoodToken, TokenCounts } from './token-result.ts'

/**
 * How far a decision goes. `renew`: the sessions of this process may renew the token. `look`: they are only
 * read. `token`: only the token is used, for when sessions can't be read.
 */
export type Reach = 'renew' | 'look' | 'token'

/**
 * What a decision awaits: the issuer's keys, the session of the request, or the answer about its API key or ticket.
 */
export type Need = 'keys' | 'renewal' | 'api-key' | 'ticket'

/** The guard's decision on a request. With `needs`: await that, then decide again. */
export type Decision<A extends AnyAccess = AnyAccess> =
  | { readonly ok: true; readonly auth: Auth<A> }
  | { readonly ok: false; readonly refused: Refusal; readonly needs?: never }
  | { readonly ok: false; readonly needs: Need; readonly refused?: never }

/** The facts of an issuer that decisions need. */
export interface KnownSources {
  readonly cookies: CookieNames
  readonly origins: OriginPolicy
  readonly keys: KeySet
}

/** A decision, with the values that settle it. */
export type Judgement<A extends AnyAccess = AnyAccess> = Decision<A> & {
  /** With `needs: 'renewal'`: the good token of the request, if there is one. */
  readonly token?: GoodToken
  /** Beside a token: the `cookieMark` of its session cookie, which may be of another session. */
  readonly mark?: number
  /** With `needs: 'api-key'`: the key of the request. */
  readonly key?: AskedKey
  /** With `needs: 'ticket'`: the ticket of the request. */
  readonly use?: TicketUse
}

/** All values that a guard's decisions depend on. */
export interface GuardSources<A extends AnyAccess = AnyAccess> {
  readonly issuer: string
  /** A token's `aud` must contain one of these. */
  readonly audience: readonly string[]
  readonly access: A
  /** `undefined` until the issuer was first reached. */
  known(): KnownSources | undefined
  /** Whether a `kid` that is not in the set is worth a fetch from the issuer now. */
  mayRefetch(kid: string): boolean
  readonly revocations: Revocations
  /** Counts the checks of tokens; if left out the guard counts them itself. */
  readonly counts?: TokenCounts | undefined
  /** Whether requests may be answered from the copy; always, if left out. */
  readonly mayAnswer?: () => boolean
  /** Registers a listener for snapshots, which replace events that were missed. */
  readonly onSnapshot?: (listener: () => void) => void
  /** Only in the service's own process. */
  readonly sessions?: SessionSource | undefined
  /** Looks API keys up; a guard without it accepts none. */
  readonly apiKeys?: KeySource | undefined
  /** Redeems tickets; a guard without it accepts none. */
  readonly tickets?: TicketSource | undefined
  /** Names of headers that pages of other origins may read, besides those of Keyhaven. */
  readonly exposeHeaders?: readonly string[] | undefined
  /** Integer seconds since 1970. */
  now(): number
  /** Whether answers name the failed check. */
  readonly development: boolean
}

/** A key that the guard does not know, or not any more, and the network that has sent it. */
export type AskedKey = ApiKeyParts & { readonly network: string }

/** API keys: a guard learns from it which are good. */
export interface KeySource {
  /** Rejects if there is no answer now. */
  readonly introspect: (key: ApiKeyParts) => Promise<Introspection>
  /** Finds the address that is compared with those a key works from. */
  readonly addressOf: ClientAddress
}

/** What a ticket is redeemed with. */
export interface Redemption {
  readonly ticket: string
  /** The absolute address at which it was received, without it. */
  readonly url: string
}

/** A ticket with its address, and the machine that sent it: all three must be the same at each use (H40). */
export interface TicketUse extends Redemption {
  readonly peer: string
}

/** Tickets: a guard redeems each once. */
export interface TicketSource {
  /** Rejects if there is no answer now. */
  readonly redeem: (redemption: Redemption) => Promise<RedeemedTicket>
  /** Finds the address from which a ticket is used. */
  readonly addressOf: ClientAddress
}

/** The unchecked claims of the token of a ticket, or the code to refuse with. */
export type RedeemedTicket =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly code: ErrorCode }

/** The sessions themselves: they identify requests without a good access token, and renew tokens near their end. */
export interface SessionSource {
  /** Whether a cookie's good token is to be renewed now. */
  isDue(claims: AccessTokenClaims): boolean
  /** Makes every check of a request by its session cookie, and renews if that is due. Never rejects. */
  settle(request: GuardRequest, mayRenew: boolean): Promise<SettledSession>
}

/** The claims of a live session and the cookies to set, or the code to refuse with. */
export type SettledSession =
  | {
      readonly ok: true
      readonly claims: AccessTokenClaims
      /** `Set-Cookie` lines for the answer. */
      readonly cookies: readonly string[]
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly details: ErrorDetails }
