import type { AuthState } from './states.ts'

/** The number of `Resumable`s on the page, by store. */
const holders = new WeakMap<object, number>()

/** Notes that a `Resumable` is on the page. Returns a function that removes it. */
export function holdPage(store: object): () => void {
  const add = (change: number): void => void holders.set(store, (holders.get(store) ?? 0) + change)
  add(1)
  return () => add(-1)
}

/** Whether a `Resumable` hides the page's view until its person is back, who has not signed out. */
export function isHeld(store: object, state: AuthState): boolean {
  return !state.account && !hasLeft(state) && (holders.get(store) ?? 0) > 0
}

/**
 * Whether nothing may be kept for the person who was signed in. If the browser has no session cookie any more,
 * the person has signed out without this page noticing.
 */
export function hasLeft({ reason = '' }: AuthState): boolean {
  return ['signed_out', 'account_locked', 'not_signed_in'].includes(reason)
}
