import { may } from '@keyhaven/core/access'
import type { AnyAccess, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { TokenInUse, Signals } from './feed/signals.ts'

/** Who sent a request, as a handler sees it. */
export interface Auth<A extends AnyAccess = AnyAccess> {
  /** Store `id` in your application; `href` is the `sub` claim. */
  readonly account: { readonly id: string; readonly href: string }
  /** The session of the token, if it has one. */
  readonly session: { readonly id: string } | undefined
  readonly scope: readonly string[]
  readonly claims: AccessTokenClaims
  /**
   * Fires when the token or session is revoked, or the session ends. It does not fire when the token expires
   * and its session goes on. Keep a reference to it, or to `auth`, for as long as you listen. All requests with
   * the token share it, so remove your listener when the request ends.
   */
  readonly signal: AbortSignal
  /** Whether the sender has the scope and its rule, if it has one, allows the resource. */
  can<K extends ScopeOf<A>>(scope: K, ...resource: ResourceArguments<A, K>): boolean
}

/** The access module of a guard that was given none: grants only, no rules. */
export const noAccess: AnyAccess = { scopes: [], roles: {}, defaultRoles: [], rules: {} }

/** An `auth` object, and whether its signal has fired. */
export interface BuiltAuth<A extends AnyAccess = AnyAccess> {
  readonly auth: Auth<A>
  readonly hasFired: () => boolean
}

/** Builds `auth` from checked claims. Its `signal` is made when it is first read. */
export function authObjectFrom<A extends AnyAccess>(
  token: TokenInUse,
  access: A,
  signals: Signals,
): BuiltAuth<A> {
  const { claims } = token
  const { scope, plain } = grantOf(access, claims.scope)
  const id = claims.sub.slice(claims.sub.lastIndexOf('/') + 1)
  let signal: AbortSignal | undefined
  const auth = Object.freeze({
    account: Object.freeze({ id, href: claims.sub }),
    session: claims.sid === undefined ? undefined : Object.freeze({ id: claims.sid }),
    scope,
    claims,
    get signal() {
      return (signal ??= signals.open(token))
    },
    can: (required, ...resource) =>
      plain.has(required) || may(access, { id, scope, claims }, required, ...resource),
  } satisfies Auth<A>)
  return { auth, hasFired: () => signal?.aborted === true }
}

/** The scopes of a token, and those of them that have no rule: for these the grant decides. */
interface Grant {
  readonly scope: readonly string[]
  readonly plain: ReadonlySet<string>
}

/** Grants by their text: most tokens of a service have one of a few. */
const grants = new WeakMap<AnyAccess, Map<string, Grant>>()

/** Most grants that are kept for an access module. */
const MOST_GRANTS = 1000

function grantOf(access: AnyAccess, text: string | undefined = ''): Grant {
  const known = grants.get(access) ?? new Map<string, Grant>()
  grants.set(access, known)
  const seen = known.get(text)
  if (seen !== undefined) return seen
  const scope = Object.freeze(text === '' ? [] : text.split(' '))
  const plain = new Set(scope.filter((one) => !Object.hasOwn(access.rules, one)))
  if (known.size >= MOST_GRANTS) known.clear()
  const grant = { scope, plain }
  known.set(text, grant)
  return grant
}
