import type { PageClaimValues } from '@keyhaven/core/access'
import type { AccountView, PageClaims, SessionFacts, SessionView } from '@keyhaven/core/wire'

/** What the page knows. A frozen snapshot: it never changes, a new one replaces it. `C` is the claims module. */
export type AuthState<C = unknown> =
  | ({ readonly status: 'loading' | 'signed-out' | 'offline' } & NoPerson)
  | ({ readonly status: 'signed-in' } & Person<C>)

/** The page knows of no person who is signed in; the members exist so that reading them never fails. */
export interface NoPerson {
  readonly account: undefined
  readonly claims: undefined
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  readonly session: undefined
  /** Signed out: why. A code of the service, or `signed_out` if the person left. */
  readonly reason: string | undefined
  /** The person has left, but the service has not confirmed yet that the session is over. */
  readonly leaving: boolean
}

/** A person, as the service described them. */
export interface Person<C = unknown> {
  readonly account: AccountView
  readonly claims: PageClaims & PageClaimValues<C>
  readonly scope: readonly string[]
  readonly roles: readonly string[]
  /** Its spans are seconds left when the service answered. */
  readonly session: SessionFacts
  readonly reason: undefined
  readonly leaving: false
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

/** The service has not been asked, or has not answered yet. */
export const loading: AuthState = withoutPerson('loading')
/** The service could not be asked: not signed out, only not known. */
export const offline: AuthState = withoutPerson('offline')

/** No person is signed in, by the service's own answer, or with `leaving` by the person's wish. */
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
