import type { AnyAccess, ClaimsModule, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import type { AccountActs } from './account/account-acts.ts'
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
  /**
   * Opens a session on this device. Its state is all that the page needs to be drawn. `second_factor_required` changes
   * no state: `completeSignIn` goes on.
   */
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
