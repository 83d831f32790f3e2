import type { Auth } from '../auth.ts'
import type { AuthState } from './states.ts'

/** Stores that have had an answer: what a server has drawn is over. */
const answered = new WeakSet<Auth['subscribe']>()

/** The state of a store; before its first answer the state with which a server has drawn the page. */
export function stateAfter<C>(
  initial: AuthState<C>,
  { state, subscribe }: { readonly state: AuthState<C>; readonly subscribe: Auth['subscribe'] },
): AuthState<C> {
  if (state.status !== 'loading') answered.add(subscribe)
  return answered.has(subscribe) ? state : initial
}
