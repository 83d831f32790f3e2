/** Guards for routers with loaders, such as React Router and TanStack Router. */
import type { AnyAccess, ClaimsModule, ScopeOf } from '@keyhaven/core/access'
import type { Auth, AuthState } from './index.ts'
import { returnTarget } from './lib/router/return-target.ts'
import type { ResourceOf } from './lib/router/scope-needs.ts'
import { settled } from './lib/state/settled.ts'
import { shownRoutes } from './lib/router/shown-routes.ts'
import type { ShownRoutes } from './lib/router/shown-routes.ts'

/** Which route is wanted, and what to do instead. */
export interface RouteGuard {
  /** The wanted place: the loader's request, or an address. */
  readonly at: Request | string
  /** What to throw if no person is signed in: the router's own `redirect(…)`, given the way back. */
  readonly signIn: (returnTo: string) => unknown
  /**
   * Loads the routes again when the person is gone; only for a router that does not follow the page's
   * address, such as a memory router: `() => router.revalidate()`.
   */
  readonly again?: () => void
}

/** A scope that the route needs, with its resource if it has a rule, and what to throw if the person lacks it. */
export type ScopeGuard<A extends AnyAccess = AnyAccess> = {
  [K in ScopeOf<A>]: { readonly scope: K; readonly refused: () => unknown } & ResourceOf<A, K>
}[ScopeOf<A>]

/**
 * Lets a route load for a person who may see it, and throws what the guard gives otherwise. It waits
 * for the service's first answer. If there is none it lets the route load: its view shows `loading`.
 * When the person is gone or not known any more, or lacks the scope, the router is made to load the
 * place again. What a router may have kept of another person is dropped: the page is loaded anew.
 */
export async function guardRoute<A extends AnyAccess, C extends ClaimsModule = ClaimsModule>(
  auth: Auth<A, C>,
  guard: RouteGuard,
  needs?: ScopeGuard<A>,
): Promise<AuthState<C>> {
  const routes = shownRoutes(auth)
  routes.ask()
  await settled(auth)
  // What has happened since counts: from here on a change is noticed
  const { state } = auth
  const place = placeOf(guard.at)
  if (state.status === 'signed-out') throw guard.signIn(wayBack(guard.at, place, routes))
  const may = (as: AuthState<C>): boolean => needs === undefined || mayBe(auth.at(as), needs)
  if (state.status === 'signed-in' && !may(state)) throw needs?.refused()
  const account = state.account?.id
  // A router that hands its guards an address, not a request, keeps what its loaders returned
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
    again: guard.again,
    mayStay: (as) =>
      account ? as.account?.id === account && may(as as AuthState<C>) : !isKnown(as),
  })
  return state
}

/** Whether the service has said who is signed in, or that no person is. */
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

/** Only what a browser fetches by going there can be gone back to. */
function wayBack(at: Request | string, place: string, routes: ShownRoutes): string {
  const isText = typeof at === 'string'
  if (!isText && at.method !== 'GET') return '/'
  const url = isText ? at : at.url
  // A request has no fragment; the address has it, if it is the same place
  const target = url.includes('#') ? url : url + routes.hashOf(place)
  // A router's own requests are for places of its own
  return isText ? returnTarget(target) : returnTarget(target, '/', new URL(url).origin)
}
