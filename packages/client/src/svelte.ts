/** Svelte: the store's state as a rune. */
import type { AnyAccess, ClaimsModule } from '@keyhaven/core/access'
import { createSubscriber } from 'svelte/reactivity'
import type { Auth } from './index.ts'

/**
 * The same store, whose `state` and `can` are reactive: what reads them in a template, `$derived` or `$effect` runs
 * again at each change. The first reader starts the one boot call; a server reads `loading`.
 */
export function useAuth<A extends AnyAccess = AnyAccess, C extends ClaimsModule = ClaimsModule>(
  auth: Auth<A, C>,
): Auth<A, C> {
  const follow = createSubscriber((update) => auth.subscribe(update))
  return {
    ...auth,
    get state() {
      follow()
      return auth.state
    },
    can: (...wanted) => {
      follow()
      return auth.can(...wanted)
    },
  }
}
