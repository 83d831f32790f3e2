import type { AuthState } from './states.ts'

/** How many `Resumable`s are on the page, by store. */
const holders = new WeakMap<object, number>()

/** A `Resumable` is on the page; the answer takes it off. */
export function holdPage(store: object): () => void {
  const add = (change: number): void => void holders.set(store, (holders.get(store) ?? 0) + change)
  add(1)
  return () => add(-1)
}

/** Whether what is shown waits, hidden, for its person: they have not left, and a `Resumable` holds it. */
export function isHeld(store: object, state: AuthState): boolean {
  return !state.account && !hasLeft(state) && (holders.get(store) ?? 0) > 0
}

/**
 * Whether nothing may be kept for the person who was signed in. A browser without the session's cookies
 * is one in which they have left: this page has only not received it.
 */
export function hasLeft({ reason = '' }: AuthState): boolean {
  return ['signed_out', 'account_locked', 'not_signed_in'].includes(reason)
}
