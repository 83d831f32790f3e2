/** React: one subscription to the store, and components that show one branch by its state. */
import type { AnyAccess, ClaimsModule, ScopeOf } from '@keyhaven/core/access'
import { createElement, Fragment, useEffect, useState } from 'react'
import type { DetailedHTMLProps, HTMLAttributes, ReactElement, ReactNode } from 'react'
import type {
  KeyhavenElement,
  KeyhavenElementListeners,
  KeyhavenElementName,
  KeyhavenElementProps,
} from './elements.ts'
import type { Auth, AuthEvents, AuthState } from './index.ts'
import { AuthContext, InitialContext, useAuth, useStore } from './lib/react/store.ts'
import type { ResourceOf } from './lib/router/resource-of.ts'
import { settled } from './lib/state/settled.ts'
import { loading } from './lib/state/states.ts'

export { useAuth } from './lib/react/store.ts'
export { Resumable } from './lib/react/resumable.ts'

/**
 * Provides the store to all components below. The first component that reads it starts the one boot call. Without a
 * provider components use the page's store for `/auth`. `initial` is the state that a server has read for its first
 * drawing, as `auth()` of `@keyhaven/client/next`: it is shown until the service has answered the page.
 */
export function AuthProvider(props: {
  readonly auth: Auth
  readonly initial?: AuthState
  readonly children?: ReactNode
}): ReactElement {
  const { auth, initial = loading, children } = props
  const below = createElement(InitialContext.Provider, { value: initial }, children)
  return createElement(AuthContext.Provider, { value: auth }, below)
}

/** `useAuth` for a component below `<Suspense>`, which shows its fallback until the service has answered. */
export function useSettledAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
>(): Auth<A, C> {
  const store = useStore()
  const auth = useAuth<A, C>()
  // React waits for a promise that a component throws
  if (auth.state.status === 'loading') throw settled(store)
  return auth
}

/** The last `ending-soon` event, for a banner; `undefined` when the session was renewed or is over. */
export function useEndingSoon(): AuthEvents['ending-soon'] | undefined {
  const store = useStore()
  const { state } = useAuth()
  const [last, setLast] = useState<{ state: AuthState; event: AuthEvents['ending-soon'] }>()
  useEffect(
    () => store.on('ending-soon', (event) => setLast({ state: store.state, event })),
    [store],
  )
  return last?.state === state ? last.event : undefined
}

/** The last `step-up` event while calls wait for one, for a dialog; `undefined` if none does. */
export function useStepUp(): AuthEvents['step-up'] | undefined {
  const store = useStore()
  const [last, setLast] = useState<AuthEvents['step-up']>()
  useEffect(() => store.on('step-up', setLast), [store])
  return last?.waiting ? last : undefined
}

/** Shows its children while a person is signed in, and `fallback` if the service answered that no person is. */
export function SignedIn(props: Branches): ReactNode {
  return useBranch(props, ({ state }) => state.status === 'signed-in')
}

/** Shows its children if the service answered that no person is signed in, and `fallback` while one is. */
export function SignedOut(props: Branches): ReactNode {
  return useBranch(props, ({ state }) => state.status === 'signed-out')
}

/** Shows its children to a person with the scope `to`. Pass `resource` for a scope with a rule. */
export function Restricted<A extends AnyAccess = AnyAccess>(
  props: Branches & RestrictedTo<A>,
): ReactNode {
  const { to, resource } = props as { readonly to: string; readonly resource?: unknown }
  return useBranch(props, ({ can }) => can<string>(to, resource))
}

/** A scope of the access module, with its resource if it has a rule. */
export type RestrictedTo<A extends AnyAccess> = {
  [K in ScopeOf<A>]: { readonly to: K } & ResourceOf<A, K>
}[ScopeOf<A>]

/** `loading` is shown while the page does not know who is signed in: before the first answer, and offline. */
interface Branches {
  readonly children?: ReactNode
  readonly fallback?: ReactNode
  readonly loading?: ReactNode
}

function useBranch(props: Branches, isShown: (auth: Auth) => boolean): ReactNode {
  const auth = useAuth()
  const { status, account } = auth.state
  if (/loading|offline/.test(status)) return props.loading
  if (!isShown(auth)) return props.fallback
  // Another person gets new components, without the state of the last person's
  return createElement(Fragment, { key: account?.id ?? '' }, props.children)
}

/** What an element of `@keyhaven/client/elements` takes in JSX. */
export type KeyhavenElementAttributes = KeyhavenElementProps &
  KeyhavenElementListeners &
  DetailedHTMLProps<HTMLAttributes<KeyhavenElement>, KeyhavenElement>

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends Record<KeyhavenElementName, KeyhavenElementAttributes> {}
  }
}
