/** React: one subscription to the store, components that show the right face. */
import type { AnyAccess, ClaimsModule, ScopeOf } from '@keyhaven/core/access'
import {
  createContext,
  createElement,
  Fragment,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react'
import type { ReactElement, ReactNode } from 'react'
import type { Auth, AuthEvents, AuthState } from './index.ts'
import { hasLeft, holdPage } from './lib/state/held-pages.ts'
import type { ResourceOf } from './lib/router/scope-needs.ts'
import { settled } from './lib/state/settled.ts'
import { loading } from './lib/state/states.ts'

const AuthContext = createContext<Auth | undefined>(undefined)

/** The state as which everything below is drawn, while it waits, hidden, for its person to come back. */
const HeldContext = createContext<AuthState | undefined>(undefined)

/** Gives the store to everything below. The first component that reads it starts the one boot call. */
export function AuthProvider(props: {
  readonly auth: Auth
  readonly children?: ReactNode
}): ReactElement {
  return createElement(AuthContext.Provider, { value: props.auth }, props.children)
}

function useStore(): Auth {
  const auth = useContext(AuthContext)
  if (!auth) throw new Error('useAuth: put <AuthProvider auth={…}> around this component.')
  return auth
}

/**
 * The nearest provider's methods and its state, new at every change. `useAuth<typeof access>()` checks
 * scopes, `useAuth<typeof access, typeof claims>()` types `state.claims` too.
 */
export function useAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
>(): Auth<A, C> {
  const auth = useStore()
  const held = useContext(HeldContext)
  // A page from the server was drawn before the service was asked: it is taken over as it is
  const live = useSyncExternalStore<AuthState>(
    auth.subscribe,
    () => auth.state,
    () => loading,
  )
  const state = held ?? live
  // State and answers of `can` are of one moment
  return useMemo(() => auth.at(state) as Auth as Auth<A, C>, [auth, state])
}

/** `useAuth` for a component below `<Suspense>`: it waits there until the service has answered. */
export function useSettledAuth<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
>(): Auth<A, C> {
  const store = useStore()
  const auth = useAuth<A, C>()
  // What React waits for is thrown
  if (auth.state.status === 'loading') throw settled(store)
  return auth
}

/** What `ending-soon` reports, until the session is renewed or over; for a banner. */
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

/** Its children while a person is signed in; `fallback` if the service has said that no person is. */
export function SignedIn(props: Branches): ReactNode {
  return useBranch(props, ({ state }) => state.status === 'signed-in')
}

/** Its children if the service has said that no person is signed in; `fallback` while one is. */
export function SignedOut(props: Branches): ReactNode {
  return useBranch(props, ({ state }) => state.status === 'signed-out')
}

/** Its children for a person who holds the scope `to`; a scope with a rule is asked about `resource`. */
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

/**
 * Keeps its children, hidden, if the session has ended by itself, and shows `signIn` in their place:
 * when the same person is back they are as they were left, forms included. Nothing of them is kept
 * for a person who signs out, is locked, or is another one.
 */
export function Resumable(props: {
  readonly signIn: ReactNode
  readonly children?: ReactNode
  readonly loading?: ReactNode
}): ReactNode {
  const { state } = useAuth()
  const [kept, keep] = useState<AuthState>()
  const { account, status } = state
  const { subscribe } = useStore()
  useEffect(() => holdPage(subscribe), [subscribe])
  // The state is kept, not what was drawn: React may draw what it then throws away
  const last = account ? state : hasLeft(state) ? undefined : kept
  if (last !== kept) keep(last)
  const style = { display: account ? 'contents' : 'none' }
  const instead = status === 'signed-out' ? props.signIn : props.loading
  const held = account ? undefined : last
  return [
    last &&
      createElement(
        'div',
        { key: last.account?.id, style },
        createElement(HeldContext.Provider, { value: held }, props.children),
      ),
    !account && createElement(Fragment, { key: '' }, instead),
  ]
}

/** `loading` is shown while nothing is known: before the first answer, and offline. */
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
  // What was drawn for one person is not kept for the next
  return createElement(Fragment, { key: account?.id ?? '' }, props.children)
}
