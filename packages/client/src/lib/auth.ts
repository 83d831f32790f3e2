import type { AnyAccess, ClaimsModule, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import type { AccountView, DeviceEntry, SessionEntry } from '@keyhaven/core/wire'
import type { Result } from './calls/results.ts'
import type { Runtime } from './runtime.ts'
import type { AuthEvents } from './state/events.ts'
import type { AuthState } from './state/states.ts'

/** The address of the service, and the page's access rules. */
export interface AuthOptions<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
> {
  /** The URL by which the page reaches the service; `/auth` if left out. */
  readonly url?: string
  /** The same access module that the API enforces. */
  readonly access?: A
  /** The claims module. Only its type is used, for `state.claims`. */
  readonly claims?: C
  /** Origins of APIs besides the page's own and the service's, such as `https://api.example`. */
  readonly origins?: readonly string[]
  /** Seconds before a session's end at which `ending-soon` is sent; 120 if left out. */
  readonly warnBefore?: number
  /** The functions of the browser that the store uses; tests pass their own. */
  readonly runtime?: Runtime
}

/** The credentials of a sign-in. */
export interface SignIn {
  /** E-mail address or user name. */
  readonly login: string
  readonly password: string
  /** Stay signed in when the browser closes. */
  readonly remember?: boolean
  /** A name for this device. */
  readonly device?: string
}

/** The data of a new account. */
export interface SignUp {
  readonly email: string
  readonly password: string
  readonly username?: string
  readonly name?: string
  readonly profile?: Readonly<Record<string, unknown>>
}

/** The password that is replaced, and the new one. */
export interface PasswordChange {
  readonly current: string
  readonly password: string
}

/** The proof of a step-up. */
export interface StepUp {
  readonly password: string
}

/** Members of the account to change; `null` removes one. */
export interface ProfileChange {
  readonly name?: string | null
  readonly username?: string | null
  readonly profile?: Readonly<Record<string, unknown>> | null
  /** The language of mails: a tag such as `en` or `de-AT`. */
  readonly locale?: string | null
}

/** What a mail contains: the token of its link, or in the browser that asked for the mail the code beside it. */
export type LinkProof = { readonly token: string } | { readonly code: string }

/** A confirmation of an address. Only the browser that signed up needs no password. */
export type EmailConfirmation = LinkProof & { readonly password?: string }

/** The undo of a changed address, by the link in the mail to the former one. */
export interface EmailUndo {
  readonly token: string
  /** Only end the sessions and stop resets by mail, if the account has a second factor that is not at hand. */
  readonly pause?: boolean
}

/** The denial of a sign-in, by the link in the mail about it. */
export interface SignInDenial {
  readonly token: string
  /** End every session of the account, and let it sign in only with another password. */
  readonly everything?: boolean
}

/** A reset of a forgotten password. */
export type PasswordReset = LinkProof & { readonly password: string }

/** Acts that few pages need. Their code is loaded at the first call of one of them. */
export interface AccountActs {
  /** The person's sessions on all devices: the first 50, or the next 50 after `cursor`. */
  readonly sessions: (
    cursor?: string,
  ) => Promise<Result<{ readonly items: readonly SessionEntry[]; readonly next: string | null }>>
  /** Ends the session with this id, or with `'others'` all other sessions of the person. */
  readonly endSession: (which: string) => Promise<Result>
  /** Proves again who the person is, in the same session. Calls that wait for it, in any tab, are repeated. */
  readonly stepUp: (proof: StepUp) => Promise<Result>
  /** Changes the password, which ends all other sessions of the person. */
  readonly changePassword: (change: PasswordChange) => Promise<Result>
  /** Changes name, user name, profile or the language of mails. */
  readonly updateProfile: (
    change: ProfileChange,
  ) => Promise<Result<{ readonly account: AccountView }>>
  /**
   * Mails a link and a code to a new address, which counts once it is confirmed. Needs a recent proof of identity. The
   * result is the same if another account has the address.
   */
  readonly changeEmail: (change: { readonly email: string }) => Promise<Result>
  /**
   * Confirms a new address, in a session of its account; elsewhere the code is `link_elsewhere`. Every tab then shows
   * the new address.
   */
  readonly confirmEmailChange: (proof: LinkProof) => Promise<Result>
  /**
   * Brings a former address back by the link that it was mailed, without a session. Ends every session of the account,
   * and lets it sign in only with another password.
   */
  readonly undoEmailChange: (undo: EmailUndo) => Promise<Result>
  /** Reads all that the service stores of the person, as a JSON file. Needs a recent proof of identity. */
  readonly exportAccount: () => Promise<Result<{ readonly file: File }>>
  /**
   * Erases the account at `erasesAt`, and ends every session of it now. A mail has the link that undoes it. Needs a
   * recent proof of identity.
   */
  readonly eraseAccount: () => Promise<Result<{ readonly erasesAt: string }>>
  /** Undoes an erasure by the link of that mail. The person then signs in as before. */
  readonly undoErasure: (undo: { readonly token: string }) => Promise<Result>
  /** The browsers that the person has signed in with, the last used one first. */
  readonly devices: () => Promise<Result<{ readonly devices: readonly DeviceEntry[] }>>
  /** Forgets a browser: the next sign-in there is mailed as one of a new device. Needs a recent proof of identity. */
  readonly forgetDevice: (id: string) => Promise<Result>
  /** Ends a session that the person did not open, by the link in the mail about it, without a session. */
  readonly denySignIn: (denial: SignInDenial) => Promise<Result>
  /**
   * Confirms the address of a sign-up. The browser that signed up is signed in, which `state` shows. Any other browser
   * sets a password, and then signs in; without one the code is `password_required`.
   */
  readonly confirmEmail: (
    confirmation: EmailConfirmation,
  ) => Promise<Result<{ readonly state: AuthState }>>
  /** Mails the link that confirms an address again. The result says nothing of whether there is such a sign-up. */
  readonly requestConfirmation: (request: { readonly email: string }) => Promise<Result>
  /** Mails a link that resets a password. The result says nothing of whether there is such an account. */
  readonly requestPasswordReset: (request: { readonly email: string }) => Promise<Result>
  /** Sets another password by such a mail, which ends every session and opens none. */
  readonly resetPassword: (reset: PasswordReset) => Promise<Result>
}

/** The page's view of who is signed in. It stores no credential, and never sees one. */
export interface Auth<A extends AnyAccess = AnyAccess, C extends ClaimsModule = ClaimsModule>
  extends AccountActs {
  /** The current state: the same object until it changes. */
  readonly state: AuthState<C>
  /** Calls back at every change. The first call starts the one boot call. Returns a function that stops it. */
  readonly subscribe: (listener: () => void) => () => void
  /**
   * Calls back at `signed-out` and `ending-soon` in every tab, and at `step-up` in the tab whose calls wait. Returns
   * a function that stops it. A new listener of `ending-soon` or `step-up` is called at once if a session is
   * about to end, or calls wait, already. Calls wait for a step-up only while the page listens to `step-up`.
   */
  readonly on: <K extends keyof AuthEvents>(
    name: K,
    listener: (event: AuthEvents[K]) => void,
  ) => () => void
  /** Whether the person may do this. Use it to show and hide elements: the API makes its own decision. */
  can<K extends ScopeOf<A>>(this: void, scope: K, ...resource: ResourceArguments<A, K>): boolean
  /** The same store with a state that was read before: `state` is that one, and `can` uses it. */
  at(this: void, state: AuthState<C>): Auth<A, C>
  /** `fetch` that sends cookies and the XSRF header to the own origins, and repeats a request after a renewal. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Headers for a plain `fetch` of an unsafe method. */
  readonly headers: () => Record<string, string>
  /** Opens a session on this device. Its state is all that the page needs to be drawn. */
  readonly signIn: (input: SignIn) => Promise<Result<{ readonly state: AuthState<C> }>>
  /** Creates an account and signs in. `pending`: the address must be verified first. */
  readonly signUp: (
    input: SignUp,
  ) => Promise<Result<{ readonly state: AuthState<C>; readonly pending: boolean }>>
  /**
   * Ends the session on this device. Every tab hides the person at once, with `state.leaving` until the service
   * has answered. If the service can't be reached, the result is `{ ok: false }`, and the call is repeated
   * until it can be, in any tab and also after a reload. If the service refuses, the person is shown again.
   */
  readonly signOut: () => Promise<Result>
  /** Requests from the service who is signed in. Simultaneous callers share one request. */
  readonly refresh: () => Promise<AuthState<C>>
}
