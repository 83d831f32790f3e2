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
}

/** A person, as the service told it. */
export interface Somebody {
  readonly account: AccountView
  readonly claims: PageClaims
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  /** Its spans are seconds left when the service answered. */
  readonly session: SessionFacts
}

const none: readonly string[] = Object.freeze([])

function nobody(status: 'loading' | 'signed-out' | 'offline'): AuthState {
  const unknown = { account: undefined, claims: undefined, session: undefined }
  return Object.freeze({ status, ...unknown, scope: none, roles: none })
}

/** The service has not been asked, or has not answered yet. */
export const loading: AuthState = nobody('loading')
/** The service has said that nobody is signed in. */
export const signedOut: AuthState = nobody('signed-out')
/** The service could not be asked: not signed out, only not known. */
export const offline: AuthState = nobody('offline')

/** The person of a session view, without its XSRF token. */
export function signedIn({ account, claims, scope, roles, session }: SessionView): AuthState {
  return Object.freeze({ status: 'signed-in', account, claims, scope, roles, session })
}
