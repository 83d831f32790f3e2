import type { AccountView } from '@keyhaven/core/wire'
import type { AuthError } from '../calls/results.ts'

/** The events of the elements. They bubble; cancel one to replace what the element does next. */
export interface KeyhavenElementEvents {
  /** A person has signed in. */
  readonly 'keyhaven-signed-in': CustomEvent<{ readonly account: AccountView | undefined }>
  readonly 'keyhaven-signed-out': CustomEvent<object>
  /** An account was created; with `pending` its address must be confirmed before the first sign-in. */
  readonly 'keyhaven-signed-up': CustomEvent<{ readonly email: string; readonly pending: boolean }>
  /** An act has succeeded. */
  readonly 'keyhaven-done': CustomEvent<DoneDetail>
  /** The service has refused an act, or could not be reached. */
  readonly 'keyhaven-error': CustomEvent<{ readonly error: AuthError }>
  /** Another view is shown: its title may be the window's. */
  readonly 'keyhaven-view': CustomEvent<{ readonly title: string }>
}

/** Listeners of these events in JSX and in Svelte's markup, such as `onkeyhaven-view`. */
export type KeyhavenElementListeners = {
  readonly [Name in keyof KeyhavenElementEvents as `on${Name}`]?: (
    event: KeyhavenElementEvents[Name],
  ) => void
}

/** An act that has succeeded. */
interface DoneDetail {
  /** Its name, such as `account-profile` or `erase`. */
  readonly what: string
  /** With `erase`: the address of the account, whose person is signed out. */
  readonly email?: string
  /** With `erase`: when the account is erased. */
  readonly erasesAt?: string
}

declare global {
  interface GlobalEventHandlersEventMap extends KeyhavenElementEvents {}
}
