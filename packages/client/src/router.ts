/** Guards for routers with loaders, such as React Router and TanStack Router. */
import type { AnyAccess, ScopeOf } from '@keyhaven/core/access'
import type { Auth, AuthState } from './index.ts'
import { returnTarget } from './lib/return-target.ts'
import { settled } from './lib/settled.ts'

/** Where a route is wanted, and where to go instead. */
export interface RouteGuard {
  /** The wanted place: the loader's request, or an address. */
  readonly at: Request | string
  /** What to throw where nobody is signed in: the router's own `redirect(…)`, given the way back. */
  readonly signIn: (returnTo: string) => unknown
}

/** A scope that the route needs, and what to throw where the person lacks it. */
export interface ScopeGuard<A extends AnyAccess = AnyAccess> {
  readonly scope: ScopeOf<A>
  readonly refused: () => unknown
}

/**
 * Lets a route load for whoever may see it, and throws what the guard gives otherwise. It waits for
 * the service's first answer. Where there is none it lets the route load: its view shows `loading`.
 */
export async function guardRoute<A extends AnyAccess>(
  auth: Auth<A>,
  { at, signIn }: RouteGuard,
  needs?: ScopeGuard<A>,
): Promise<AuthState> {
  const state = await settled(auth)
  if (state.status === 'signed-out') throw signIn(wayBack(at))
  const lacks = needs && state.status === 'signed-in' && !state.scope.includes(needs.scope)
  if (lacks) throw needs.refused()
  return state
}

/** Only what a browser fetches by going there can be gone back to. */
function wayBack(at: Request | string): string {
  if (typeof at === 'string') return returnTarget(at)
  // A router's own requests are for places of its own
  return at.method === 'GET' ? returnTarget(at.url, '/', new URL(at.url).origin) : '/'
}
