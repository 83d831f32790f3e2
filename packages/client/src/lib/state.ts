import type { AccountView, PageClaims, SessionFacts } from '@keyhaven/core/wire'

/** What the page knows. A snapshot: it never changes, a new one replaces it. */
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
  readonly session: SessionFacts
}

const nobody: Nobody = {
  account: undefined,
  claims: undefined,
  scope: [],
  roles: [],
  session: undefined,
}

export const loading: AuthState = { status: 'loading', ...nobody }
export const signedOut: AuthState = { status: 'signed-out', ...nobody }
/** The service could not be asked: not signed out, only not known. */
export const offline: AuthState = { status: 'offline', ...nobody }
