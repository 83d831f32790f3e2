import type { ClaimsModule } from '@keyhaven/core/access'
import type { AccountView } from '@keyhaven/core/wire'

/** Application claims with their values. */
export type Values = Readonly<Record<string, unknown>>

/** What the application adds: claims with the function that returns their values, and hooks. */
export interface Application {
  readonly claims: ClaimsModule
  readonly claimsFor: ((account: AccountView) => unknown) | undefined
  readonly hooks: Hooks
}

/**
 * Functions of the application that run at sign-up and sign-in, for at most 5 s each. A `before…`
 * hook can refuse by throwing a `KeyhavenError` with a code and a sentence for the user; nothing
 * has been written yet. An `after…` hook runs once the change is committed. If it throws, the error
 * is logged and the user stays signed in.
 */
export interface Hooks {
  /** Runs before sign-up creates an account; it never gets the password. */
  readonly beforeSignUp?: (person: Newcomer) => void | Promise<void>
  /** Runs when the account exists, before the response: use it to insert your own rows. */
  readonly afterSignUp?: (account: AccountView) => void | Promise<void>
  /** Runs after the right password, before a session is opened. */
  readonly beforeSignIn?: (account: AccountView) => void | Promise<void>
  /** Runs when the session exists, before the response. */
  readonly afterSignIn?: (
    account: AccountView,
    session: { readonly id: string },
  ) => void | Promise<void>
}

/** The input of a sign-up, as the user wrote it. */
export interface Newcomer {
  readonly email: string
  readonly username?: string | undefined
  readonly name?: string | undefined
  readonly profile?: Readonly<Record<string, unknown>> | undefined
}
