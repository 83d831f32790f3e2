import type { AnyAccess, ClaimsModule, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import type { AccountView, SessionEntry } from '@keyhaven/core/wire'
import type { Result } from './calls/results.ts'
import type { Runtime } from './runtime.ts'
import type { AuthEvents } from './state/events.ts'
import type { AuthState } from './state/states.ts'

/** Where the service is, and what the page knows of who may do what. */
export interface AuthOptions<
  A extends AnyAccess = AnyAccess,
  C extends ClaimsModule = ClaimsModule,
> {
  /** Where the service is, as the page reaches it; `/auth` if left out. */
  readonly url?: string
  /** The same access module that the API enforces. */
  readonly access?: A
  /** The claims module, for the type of `state.claims` only: nothing is read of it. */
  readonly claims?: C
  /** Origins of APIs besides the page's own and the service's, such as `https://api.example`. */
  readonly origins?: readonly string[]
  /** Seconds before a session's end at which `ending-soon` is sent; 120 if left out. */
  readonly warnBefore?: number
  /** What the store touches of the browser; another one for tests. */
  readonly runtime?: Runtime
}

/** What a person signs in with. */
export interface SignIn {
  /** E-mail address or user name. */
  readonly login: string
  readonly password: string
  /** Stay signed in when the browser closes. */
  readonly remember?: boolean
  /** A name for this device. */
  readonly device?: string
}

/** What a person makes an account of. */
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

/** Members of the account to change; `null` removes one. */
export interface ProfileChange {
  readonly name?: string | null
  readonly username?: string | null
  readonly profile?: Readonly<Record<string, unknown>> | null
}

/** Acts that few pages need: their code is loaded when one of them is first called. */
export interface AccountActs {
  /** The sessions of the person, of all their devices: 50, or those after `cursor`. */
  readonly sessions: (
    cursor?: string,
  ) => Promise<Result<{ readonly items: readonly SessionEntry[]; readonly next: string | null }>>
  /** Ends the session with this id, or with `others` all but this one. */
  readonly endSession: (which: string) => Promise<Result>
  /** Changes the password; all other sessions of the person end. */
  readonly changePassword: (change: PasswordChange) => Promise<Result>
  /** Changes name, user name or profile. */
  readonly changeProfile: (
    change: ProfileChange,
  ) => Promise<Result<{ readonly account: AccountView }>>
}

/** The page's view of who is signed in. It stores no credential, and never sees one. */
export interface Auth<A extends AnyAccess = AnyAccess, C extends ClaimsModule = ClaimsModule>
  extends AccountActs {
  /** Now: the same object until something is learned. */
  readonly state: AuthState<C>
  /** Calls back at every change; the first subscriber starts the one boot call. The answer stops it. */
  readonly subscribe: (listener: () => void) => () => void
  /**
   * Calls back at `signed-out` and `ending-soon`, in every tab. The answer stops it. If a session
   * already is about to end, a new listener of `ending-soon` is called at once.
   */
  readonly on: <K extends keyof AuthEvents>(
    name: K,
    listener: (event: AuthEvents[K]) => void,
  ) => () => void
  /** Whether this person may do it: for showing and hiding; the API decides by itself. */
  can<K extends ScopeOf<A>>(this: void, scope: K, ...resource: ResourceArguments<A, K>): boolean
  /** The same, as of a state that was read before: `state` is that one, and `can` answers by it. */
  at(this: void, state: AuthState<C>): Auth<A, C>
  /** `fetch` that sends cookies and the XSRF header to our own origins, and survives a renewal. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Headers for a plain `fetch` of an unsafe method. */
  readonly headers: () => Record<string, string>
  /** Opens a session on this device; its answer is all that the page needs to be drawn. */
  readonly signIn: (input: SignIn) => Promise<Result<{ readonly state: AuthState<C> }>>
  /** `pending`: the address must be confirmed first. */
  readonly signUp: (
    input: SignUp,
  ) => Promise<Result<{ readonly state: AuthState<C>; readonly pending: boolean }>>
  /**
   * Ends the session on this device. Every tab hides the person at once, with `state.leaving` until the
   * service has answered. If it can't be reached the result is `{ ok: false }`, and the call is repeated
   * until it can, in any tab and after a reload too. If the service refuses, the person is shown again.
   */
  readonly signOut: () => Promise<Result>
  /** Asks the service who is signed in; callers at the same time share one call. */
  readonly refresh: () => Promise<AuthState<C>>
}
