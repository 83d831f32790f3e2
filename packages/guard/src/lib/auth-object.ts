import { may } from '@keyhaven/core/access'
import type { AnyAccess, ResourceArguments, ScopeOf, Subject } from '@keyhaven/core/access'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { TokenInUse, Signals } from './feed/signals.ts'

/** Who sent a request, as a handler sees it. */
export interface Auth<A extends AnyAccess = AnyAccess> {
  /** `id` is what applications store; `href` is the `sub` claim. */
  readonly account: { readonly id: string; readonly href: string }
  /** The session behind the token, where there is one. */
  readonly session: { readonly id: string } | undefined
  readonly scope: readonly string[]
  readonly claims: AccessTokenClaims
  /**
   * Fires when what carries the request is revoked, or at the session's end; a token that ends in a
   * living session ends nothing. Made when first read. Hold it, or `auth`, for as long as you listen.
   */
  readonly signal: AbortSignal
  /** Whether this person may do it, rules included. */
  can<K extends ScopeOf<A>>(scope: K, ...resource: ResourceArguments<A, K>): boolean
}

/** What a guard without an access module goes by: grants alone, no rules. */
export const noAccess: AnyAccess = { scopes: [], roles: {}, defaultRoles: [], rules: {} }

/** Builds `auth` from checked claims. */
export function authObjectFrom<A extends AnyAccess>(
  carrier: TokenInUse,
  access: A,
  signals: Signals,
): Auth<A> {
  const { claims } = carrier
  const scope = claims.scope ? claims.scope.split(' ') : []
  const id = claims.sub.slice(claims.sub.lastIndexOf('/') + 1)
  const who: Subject = { id, scope, claims }
  // Most scopes have no rule: whoever holds one of these may, and nothing else is asked
  const plain = new Set(scope.filter((one) => !Object.hasOwn(access.rules, one)))
  let signal: AbortSignal | undefined
  return Object.freeze({
    account: Object.freeze({ id, href: claims.sub }),
    session: claims.sid === undefined ? undefined : Object.freeze({ id: claims.sid }),
    scope: Object.freeze(scope),
    claims,
    get signal() {
      return (signal ??= signals.open(carrier))
    },
    can: (required, ...resource) => plain.has(required) || may(access, who, required, ...resource),
  } satisfies Auth<A>)
}
