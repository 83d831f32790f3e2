import type { ClaimsModule } from '@keyhaven/core/access'
import type { AccountView } from '@keyhaven/core/wire'

/** Application claims with their values. */
export type Values = Readonly<Record<string, unknown>>

/** What the application adds: claims with the function that gives their values, and its hooks. */
export interface Application {
  readonly claims: ClaimsModule
  readonly claimsFor: ((account: AccountView) => unknown) | undefined
  readonly hooks: Hooks
}

/**
 * The application's own word at sign-up and sign-in, each given 5 s. What runs before may refuse:
 * it throws a `KeyhavenError` with a code and a sentence for the person, and nothing is written.
 * What runs after finds it done; where that fails it is logged, and the person stays signed in.
 */
export interface Hooks {
  /** Before an account is made by sign-up; the password is never shown. */
  readonly beforeSignUp?: (person: Newcomer) => void | Promise<void>
  /** When the account is there, and before the answer: the place for rows of your own. */
  readonly afterSignUp?: (account: AccountView) => void | Promise<void>
  /** After the right password, before a session is opened. */
  readonly beforeSignIn?: (account: AccountView) => void | Promise<void>
  /** When the session is there, and before the answer. */
  readonly afterSignIn?: (
    account: AccountView,
    session: { readonly id: string },
  ) => void | Promise<void>
}

/** Who signs up, as they wrote it. */
export interface Newcomer {
  readonly email: string
  readonly username?: string | undefined
  readonly name?: string | undefined
  readonly profile?: Readonly<Record<string, unknown>> | undefined
}
