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
import { loading } from './lib/state/states.ts'

/**
 * The same store, whose `state` and `can` are reactive: what reads them in a template, `$derived` or `$effect` runs
 * again at each change. The first reader starts the one boot call; a server reads `loading`.
 */
export function useAuth<A extends AnyAccess = AnyAccess, C extends ClaimsModule = ClaimsModule>(
  auth: Auth<A, C>,
): Auth<A, C> {
  if (!auth)
    throw new Error('useAuth: pass the store: useAuth(auth), with the result of createAuth().')
  const isServer = typeof document === 'undefined'
  const follow = createSubscriber((update) => auth.subscribe(update))
  return {
    ...auth,
    get state() {
      follow()
      // The store of a server would be that of all its visitors
      return isServer ? (loading as AuthState<C>) : auth.state
    },
    can: (...wanted) => {
      follow()
      return !isServer && auth.can(...wanted)
    },
  }
}

/** What an element of `@keyhaven/client/elements` takes in markup. */
export type KeyhavenSvelteAttributes = KeyhavenElementProps &
  KeyhavenElementListeners &
  Omit<HTMLAttributes<KeyhavenElement>, keyof KeyhavenElementProps>

declare module 'svelte/elements' {
  interface SvelteHTMLElements extends Record<KeyhavenElementName, KeyhavenSvelteAttributes> {}
}
