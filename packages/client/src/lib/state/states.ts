import type { PageClaimValues } from '@keyhaven/core/access'
import type { AccountView, PageClaims, SessionFacts, SessionView } from '@keyhaven/core/wire'

/** The state of a page: a frozen snapshot, which a new one replaces at a change. `C` is the claims module. */
export type AuthState<C = unknown> =
  | ({ readonly status: 'loading' | 'signed-out' | 'offline' } & NoPerson)
  | ({ readonly status: 'signed-in' } & Person<C>)
  | ({ readonly status: 'offline' } & StoredPerson<C>)

/** The state without a signed-in person. All members exist, so that reading them never fails. */
export interface NoPerson {
  readonly account: undefined
  readonly claims: undefined
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  readonly session: undefined
  /** Why the person is signed out: a code of the service, or `signed_out` if they signed out themselves. */
  readonly reason: string | undefined
  /** The person has signed out, and the service has not confirmed yet that the session is over. */
  readonly leaving: boolean
  readonly unverified?: undefined
}

/** The state with a signed-in person, from the service's answer. */
export interface Person<C = unknown> {
  readonly account: AccountView
  readonly claims: PageClaims & PageClaimValues<C>
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  /** Its spans are seconds, counted from the service's answer. */
  readonly session: SessionFacts
  readonly reason: undefined
  readonly leaving: false
  readonly unverified?: undefined
}

/**
 * The state of an app that has stored its user and can't reach the service. Only `createNativeAuth` has it. The user may
 * have lost rights, or their session, meanwhile.
 */
export interface StoredPerson<C = unknown>
  extends Pick<Person<C>, 'account' | 'claims' | 'scope' | 'roles' | 'reason' | 'leaving'> {
  readonly session: undefined
  readonly unverified: true
}

const none: readonly string[] = Object.freeze([])

function withoutPerson(
  status: 'loading' | 'signed-out' | 'offline',
  reason?: string,
  leaving = false,
): AuthState {
  return Object.freeze({
    status,
    account: undefined,
    claims: undefined,
    scope: none,
    roles: none,
    session: undefined,
    reason,
    leaving,
  })
}

/** The service has not been called yet, or has not answered. */
export const loading: AuthState = withoutPerson('loading')
/** The service could not be reached: the page does not know who is signed in. */
export const offline: AuthState = withoutPerson('offline')

/** No person is signed in, by the service's answer, or with `leaving` by an unconfirmed sign-out. */
export function signedOut(reason?: string, leaving?: boolean): AuthState {
  return withoutPerson('signed-out', reason, leaving)
}

/** The person of a session view, without its XSRF token. */
export function signedIn({ account, claims, scope, roles, session }: SessionView): AuthState {
  return Object.freeze({
    ...withoutPerson('signed-out'),
    status: 'signed-in',
    account,
    claims,
    scope,
    roles,
    session,
  }) as AuthState
}
