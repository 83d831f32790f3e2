import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import { createContext, useContext, useMemo, useSyncExternalStore, version } from 'react'
import type { Context } from 'react'
import type { Auth } from '../auth.ts'
import { pageStore } from '../page-store.ts'
import { loading } from '../state/states.ts'
import { stateAfter } from '../state/state-after.ts'
import type { AuthState } from '../state/states.ts'

/** The store that a provider has given. */
export const AuthContext: Context<Auth | undefined> = createContext<Auth | undefined>(undefined)

/** The state with which a server has drawn the page. */
export const InitialContext: Context<AuthState> = createContext<AuthState>(loading)

/** The last state of a person, which hidden children of `Resumable` keep until the person is back. */
export const HeldContext: Context<AuthState | undefined> = createContext<AuthState | undefined>(
  undefined,
)

/** The store of the nearest provider, or the page's. */
export function useStore(): Auth {
  if (parseInt(version) < 18)
    throw new Error(`@keyhaven/client/react needs React 18.3 or later: this is ${version}.`)
  const auth = useContext(AuthContext)
  if (auth) return auth
  // A store of a server would be that of all its visitors
  if (typeof document === 'undefined')
    throw new Error('useAuth: on a server put <AuthProvider auth={…}> around this component.')
  return pageStore()
}

/**
 * The methods of the nearest provider's store, or the page's, and its state, new at every change. `useAuth<typeof access>()` checks
 * scopes, `useAuth<typeof access, typeof claims>()` types `state.claims` too.
 */
export function useAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
>(): Auth<A, C> {
  const auth = useStore()
  const held = useContext(HeldContext)
  const initial = useContext(InitialContext)
  // Hydration must draw what the server has drawn
  const live = useSyncExternalStore<AuthState>(
    auth.subscribe,
    () => stateAfter(initial, auth),
    () => initial,
  )
  const state = held ?? live
  // `state` and `can` belong to the same moment
  return useMemo(() => auth.at(state) as Auth as Auth<A, C>, [auth, state])
}
