/** React: one subscription to the store, components that show the right face. */
import type { AnyAccess, ScopeOf } from '@keyhaven/core/access'
import { createContext, createElement, useContext, useMemo, useSyncExternalStore } from 'react'
import type { ReactElement, ReactNode } from 'react'
import type { Auth, AuthState } from './index.ts'
import { loading } from './lib/state.ts'

const AuthContext = createContext<Auth | undefined>(undefined)

/** Gives the store to everything below. The first component that reads it starts the one boot call. */
export function AuthProvider(props: {
  readonly auth: Auth
  readonly children?: ReactNode
}): ReactElement {
  return createElement(AuthContext.Provider, { value: props.auth }, props.children)
}

/** The nearest provider's methods and its state, new at every change. `useAuth<typeof access>()` checks scopes. */
export function useAuth<A extends AnyAccess = AnyAccess>(): Auth<A> {
  const auth = useContext(AuthContext)
  if (!auth) throw new Error('useAuth: put <AuthProvider auth={…}> around this component.')
  // A page from the server was drawn before anybody asked: it is taken over as it is
  const state = useSyncExternalStore<AuthState>(
    auth.subscribe,
    () => auth.state,
    () => loading,
  )
  return useMemo(() => ({ ...auth, state }) as Auth as Auth<A>, [auth, state])
}

/** Its children while a person is signed in; `fallback` where the service has said that nobody is. */
export function SignedIn(props: Faces): ReactNode {
  return useFace(props, ({ state }) => state.status === 'signed-in')
}

/** Its children where the service has said that nobody is signed in; `fallback` while somebody is. */
export function SignedOut(props: Faces): ReactNode {
  return useFace(props, ({ state }) => state.status === 'signed-out')
}

/** Its children for a person who holds the scope `to` (whose rule, if any, is asked about `resource`). */
export function Restricted<A extends AnyAccess = AnyAccess>(
  props: Faces & { readonly to: ScopeOf<A> & string; readonly resource?: unknown },
): ReactNode {
  return useFace(props, ({ can }) => can<string>(props.to, props.resource))
}

/** `loading` stands where nothing is known yet: before the first answer, and offline. */
interface Faces {
  readonly children?: ReactNode
  readonly fallback?: ReactNode
  readonly loading?: ReactNode
}

function useFace(props: Faces, isShown: (auth: Auth) => boolean): ReactNode {
  const auth = useAuth()
  if (/loading|offline/.test(auth.state.status)) return props.loading
  return isShown(auth) ? props.children : props.fallback
}
