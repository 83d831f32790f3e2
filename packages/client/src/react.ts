/** React: one subscription to the store, components that show the right face. */
import type { AnyAccess, ScopeOf } from '@keyhaven/core/access'
import {
  createContext,
  createElement,
  Fragment,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { ReactElement, ReactNode } from 'react'
import type { Auth, AuthEvents, AuthState } from './index.ts'
import { settled } from './lib/settled.ts'
import { loading } from './lib/state/states.ts'

const AuthContext = createContext<Auth | undefined>(undefined)

/** Whether what lies here waits, hidden, for its person to come back: its faces stay as they were. */
const HeldContext = createContext(false)

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

/** The nearest provider's methods and its state, new at every change. `useAuth<typeof access>()` checks scopes. */
export function useAuth<A extends AnyAccess = AnyAccess>(): Auth<A> {
  const auth = useStore()
  // A page from the server was drawn before anybody asked: it is taken over as it is
  const state = useSyncExternalStore<AuthState>(
    auth.subscribe,
    () => auth.state,
    () => loading,
  )
  return useMemo(() => ({ ...auth, state }) as Auth as Auth<A>, [auth, state])
}

/** `useAuth` for a component below `<Suspense>`: it waits there until the service has answered. */
export function useSettledAuth<A extends AnyAccess = AnyAccess>(): Auth<A> {
  const store = useStore()
  const auth = useAuth<A>()
  // What React waits for is thrown
  if (auth.state.status === 'loading') throw settled(store)
  return auth
}

/** What `ending-soon` told, until the session is renewed or over; for a banner. */
export function useEndingSoon(): AuthEvents['ending-soon'] | undefined {
  const store = useStore()
  const { state } = useAuth()
  const [told, tell] = useState<{ state: AuthState; event: AuthEvents['ending-soon'] }>()
  useEffect(() => store.on('ending-soon', (event) => tell({ state: store.state, event })), [store])
  return told?.state === state ? told.event : undefined
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

/**
 * Keeps its children, hidden, where the session has ended by itself, and shows `signIn` in their
 * place: when the same person is back they stand as they were left, forms included. Whoever signs
 * out, is locked or is somebody else finds nothing of them.
 */
export function Resumable(props: {
  readonly signIn: ReactNode
  readonly children?: ReactNode
  readonly loading?: ReactNode
}): ReactNode {
  const { account, status, reason } = useAuth().state
  const [kept, keep] = useState<string>()
  const left = reason === 'signed_out' || reason === 'account_locked'
  const owner = account?.id ?? (left ? undefined : kept)
  if (owner !== kept) keep(owner)
  const style = { display: account ? 'contents' : 'none' }
  const instead = status === 'signed-out' ? props.signIn : props.loading
  const held = createElement(HeldContext.Provider, { value: !account }, props.children)
  return [
    owner && createElement('div', { key: owner, style }, held),
    !account && createElement(Fragment, { key: '' }, instead),
  ]
}

/** `loading` stands where nothing is known yet: before the first answer, and offline. */
interface Faces {
  readonly children?: ReactNode
  readonly fallback?: ReactNode
  readonly loading?: ReactNode
}

function useFace(props: Faces, isShown: (auth: Auth) => boolean): ReactNode {
  const auth = useAuth()
  const last = useRef<ReactNode>(undefined)
  const { status, account } = auth.state
  if (!useContext(HeldContext)) {
    last.current = /loading|offline/.test(status)
      ? props.loading
      : isShown(auth)
        ? // What was drawn for one person is not kept for the next
          createElement(Fragment, { key: account?.id ?? '' }, props.children)
        : props.fallback
  }
  return last.current
}
