/** Svelte: the store's state as a rune. */
import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import { createSubscriber } from 'svelte/reactivity'
import type { HTMLAttributes } from 'svelte/elements'
import type {
  KeyhavenElement,
  KeyhavenElementListeners,
  KeyhavenElementName,
  KeyhavenElementProps,
} from './elements.ts'
import type { Auth, AuthState } from './index.ts'
import type { KitEvent, KitInput } from './lib/server-rendering/handle.ts'
import { stateAfter } from './lib/state/state-after.ts'
import { loading } from './lib/state/states.ts'

/**
 * The same store, whose `state` and `can` are reactive: what reads them in a template, `$derived` or `$effect` runs
 * again at each change. The first reader starts the one boot call. A server reads `initial`, which is `event.locals.auth` of
 * `handleKeyhaven`, or `loading`; the page shows it until the service has answered.
 */
export function useAuth<A extends AnyAccess = AnyAccess, C extends ClaimsModule = ClaimsModule>(
  auth: Auth<A, C>,
  initial: AuthState<C> = loading as AuthState<C>,
): Auth<A, C> {
  if (!auth)
    throw new Error('useAuth: pass the store: useAuth(auth), with the result of createAuth().')
  const isServer = typeof document === 'undefined'
  // The store of a server would be that of all its visitors
  const now = (): AuthState<C> => (isServer ? initial : stateAfter(initial, auth))
  const follow = createSubscriber((update) => auth.subscribe(update))
  return {
    ...auth,
    get state() {
      follow()
      return now()
    },
    can: (...wanted) => {
      follow()
      return auth.at(now()).can(...wanted)
    },
  }
}

/**
 * The hook of SvelteKit: `export const handle = handleKeyhaven` in `hooks.server.ts`. It passes calls of the service on, renews
 * the token, and puts the state of the request into `event.locals.auth`.
 */
export async function handleKeyhaven<E extends KitEvent>(input: KitInput<E>): Promise<Response> {
  const { handle } = await import('./lib/server-rendering/handle.ts')
  return handle(input)
}

/** What an element of `@keyhaven/client/elements` takes in markup. */
export type KeyhavenSvelteAttributes = KeyhavenElementProps &
  KeyhavenElementListeners &
  Omit<HTMLAttributes<KeyhavenElement>, keyof KeyhavenElementProps>

declare module 'svelte/elements' {
  interface SvelteHTMLElements extends Record<KeyhavenElementName, KeyhavenSvelteAttributes> {}
}
