/** React: one subscription to the store, components that show the right face. */
import { createContext, createElement, useContext, useSyncExternalStore } from 'react'
import type { ReactElement, ReactNode } from 'react'
import type { Auth, AuthState } from './index.ts'

const AuthContext = createContext<Auth | undefined>(undefined)

/** Gives the store to everything below. The first component that reads it starts the one boot call. */
export function AuthProvider(props: {
  readonly auth: Auth
  readonly children?: ReactNode
}): ReactElement {
  return createElement(AuthContext.Provider, { value: props.auth }, props.children)
}

/** The nearest provider's store, and its state now: the component draws again at every change. */
export function useAuth(): Auth & { readonly state: AuthState } {
  const auth = useContext(AuthContext)
  if (auth === undefined)
    throw new Error('useAuth: put <AuthProvider auth={…}> around this component.')
  useSyncExternalStore(
    auth.subscribe,
    () => auth.state,
    () => auth.state,
  )
  return auth
}

/** Its children while a person is signed in; `fallback` while nobody is. Nothing while loading. */
export function SignedIn(props: Faces): ReactNode {
  const { status } = useAuth().state
  if (status === 'signed-in') return props.children
  return status === 'loading' ? null : props.fallback
}

/** Its children while the service has said that nobody is signed in. */
export function SignedOut(props: Faces): ReactNode {
  return useAuth().state.status === 'signed-out' ? props.children : props.fallback
}

/** Its children for a person who may; `fallback` for everybody else. Nothing while loading. */
export function Restricted(props: Faces & Wanted): ReactNode {
  const auth = useAuth()
  if (auth.state.status === 'loading') return null
  const resource = props.resource === undefined ? [] : [props.resource]
  return auth.can(props.to, ...(resource as [])) ? props.children : props.fallback
}

interface Faces {
  readonly children?: ReactNode
  readonly fallback?: ReactNode
}

interface Wanted {
  /** The scope that is needed. */
  readonly to: string
  /** What the scope's rule is asked about. */
  readonly resource?: unknown
}
