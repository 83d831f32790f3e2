import type { AccountView, PageClaims, SessionFacts, SessionView } from '@keyhaven/core/wire'

/** What the page knows. A frozen snapshot: it never changes, a new one replaces it. */
export type AuthState =
  | ({ readonly status: 'loading' | 'signed-out' | 'offline' } & Nobody)
  | ({ readonly status: 'signed-in' } & Somebody)

/** Nobody is known to be signed in; the members are there so that reading them never fails. */
export interface Nobody {
  readonly account: undefined
  readonly claims: undefined
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  readonly session: undefined
  /** Signed out: why. A code of the service, or `signed_out` where the person left. */
  readonly reason: string | undefined
}

/** A person, as the service told it. */
export interface Somebody {
  readonly account: AccountView
  readonly claims: PageClaims
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  /** Its spans are seconds left when the service answered. */
  readonly session: SessionFacts
  readonly reason: undefined
}

const none: readonly string[] = Object.freeze([])

function nobody(status: 'loading' | 'signed-out' | 'offline', reason?: string): AuthState {
  return Object.freeze({
    status,
    account: undefined,
    claims: undefined,
    scope: none,
    roles: none,
    session: undefined,
    reason,
  })
}

/** The service has not been asked, or has not answered yet. */
export const loading: AuthState = nobody('loading')
/** The service could not be asked: not signed out, only not known. */
export const offline: AuthState = nobody('offline')

/** The service has said that nobody is signed in. */
export function signedOut(reason: string): AuthState {
  return nobody('signed-out', reason)
}

/** The person of a session view, without its XSRF token. */
export function signedIn(view: SessionView): AuthState {
  const { account, claims, scope, roles, session } = view
  const status = 'signed-in'
  return Object.freeze({ status, account, claims, scope, roles, session, reason: undefined })
}
