import type { AnyAccess, ClaimsModule, ScopeOf } from '@keyhaven/core/access'
import type { Auth } from '../auth.ts'
import { loading } from '../state/states.ts'
import type { AuthState } from '../state/states.ts'
import { returnTarget } from './return-target.ts'
import type { ResourceOf } from './resource-of.ts'
import { settled } from '../state/settled.ts'
import { shownRoutes } from './shown-routes.ts'
import type { ShownRoutes } from './shown-routes.ts'

/** The requested route, and the redirect for a visitor who is not signed in. */
export interface RouteGuard {
  /** The requested place: the loader's request, or an address. */
  readonly at: Request | string
  /** Returns the value to throw if no person is signed in: the router's `redirect(…)`, with the way back. */
  readonly signIn: (returnTo: string) => unknown
  /**
   * Loads the routes again when the person is gone. Needed only for a router that does not follow the page's
   * address, such as a memory router: `() => router.revalidate()`.
   */
  readonly again?: () => void
}

/** A scope that the route requires, with its resource if it has a rule, and the value to throw without the scope. */
export type ScopeGuard<A extends AnyAccess = AnyAccess> = {
  [K in ScopeOf<A>]: { readonly scope: K; readonly refused: () => unknown } & ResourceOf<A, K>
}[ScopeOf<A>]

/**
 * Lets a route load for a person who may see it, and otherwise throws the value of `signIn` or `refused`. Waits
 * for the service's first answer; without one it lets the route load, and the view shows `loading`. When
 * the person is gone, is not known any more or loses the scope, it makes the router load the place again. If a
 * router may still have another person's data, it reloads the page. On a server it lets the route load as `loading`.
 */
export async function guardRoute<A extends AnyAccess, C extends ClaimsModule = ClaimsModule>(
  auth: Auth<A, C>,
  guard: RouteGuard & { readonly owner?: object },
  needs?: ScopeGuard<A>,
): Promise<AuthState<C>> {
  // A server renders the page as loading, and sends no call
  if (typeof document === 'undefined') return loading as AuthState<C>
  const routes = shownRoutes(auth)
  routes.guarded()
  await settled(auth)
  // The state after the wait: from here on `routes` notices a change
  const { state } = auth
  const place = placeOf(guard.at)
  if (state.status === 'signed-out') throw guard.signIn(wayBack(guard.at, place, routes))
  const may = (as: AuthState<C>): boolean => needs === undefined || mayBe(auth.at(as), needs)
  if (state.status === 'signed-in' && !may(state)) throw needs?.refused()
  const account = state.account?.id
  // A router that passes an address to its guards, not a request, caches the results of its loaders
  const keeps = typeof guard.at === 'string' && !guard.again
  if (keeps && routes.isOfAnother(place, account)) {
    location.reload()
    return new Promise(() => {})
  }
  routes.add({
    place,
    scope: needs?.scope,
    account,
    keeps,
    owner: guard.owner,
    again: guard.again,
    mayStay: (as) =>
      account ? as.account?.id === account && may(as as AuthState<C>) : !isKnown(as),
  })
  return state
}

/** Whether the service has answered who is signed in, or that no person is. */
function isKnown({ status }: AuthState<unknown>): boolean {
  return status === 'signed-in' || status === 'signed-out'
}

function mayBe(auth: Pick<Auth<never>, 'can'>, needs: object): boolean {
  const { can } = auth as unknown as Pick<Auth, 'can'>
  const { scope, resource } = needs as { readonly scope: string; readonly resource?: unknown }
  return can(scope, resource)
}

/** Path and query. */
function placeOf(at: Request | string): string {
  const { pathname, search } = new URL(typeof at === 'string' ? at : at.url, location.origin)
  return pathname + search
}

/** The address to return to after a sign-in. A request other than GET can't be repeated by going there. */
function wayBack(at: Request | string, place: string, routes: ShownRoutes): string {
  const isText = typeof at === 'string'
  if (!isText && at.method !== 'GET') return '/'
  const url = isText ? at : at.url
  // A request has no fragment. The page's address has it, if it is the same place
  const target = url.includes('#') ? url : url + routes.hashOf(place)
  // The requests of a router are for its own origin, which need not be the page's
  return isText ? returnTarget(target) : returnTarget(target, '/', new URL(url).origin)
}
