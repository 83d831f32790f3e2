import { scopesOf } from '@keyhaven/core/access'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { hmac, sha256 } from '../secrets/hashes/hash.ts'
import { newTokenId } from '../secrets/random.ts'
import type { Account } from '../stores/accounts.ts'
import type { Session } from '../stores/sessions.ts'
import type { Values } from './application.ts'
import type { Keys } from './keys.ts'
import type { FlowSettings } from './flow-settings.ts'

/** A session with its account and roles, from which tokens and session views are made. */
export interface LiveSession {
  readonly account: Account
  readonly roles: readonly string[]
  readonly session: Session
}

/** The session's XSRF token: an HMAC of its id, so that every process can compute it. */
export function xsrfTokenOf({ keys }: { readonly keys: Keys }, sessionId: string): string {
  return hmac(keys.xsrf, sessionId)
}

/** The `client_id` of sessions whose tokens an app, or a page of another site, holds itself. */
export const NATIVE = 'native'

/** Whether a token is that of a user's own session: not exchanged, and of no other client (H1). */
export function isPersons({ client_id, aud, iss, act }: AccessTokenClaims): boolean {
  return (client_id === 'web' || client_id === NATIVE) && aud.includes(iss) && act === undefined
}

/** Whether the session has refresh tokens, and no cookies. */
export function isNative({ client_id }: Pick<Session, 'client_id'>): boolean {
  return client_id === NATIVE
}

/** What a session may do at most, and by which roles. */
export type Scoped = Pick<LiveSession, 'roles'> & {
  readonly session: Pick<Session, 'scope'>
}

/** The scopes of a session: those of its account's roles, of which a test may have chosen some. */
export function scopesOfSession(
  { settings }: { readonly settings: Pick<FlowSettings, 'access'> },
  { roles, session }: Scoped,
): string[] {
  const all = scopesOf(settings.access, roles)
  const most = mostScopes(session)
  return most === null ? all : all.filter((scope) => most.includes(scope))
}

/** The scopes that a session has at most; null for all that its account has. */
export function mostScopes({ scope }: Pick<Session, 'scope'>): readonly string[] | null {
  return scope === null ? null : (JSON.parse(scope) as readonly string[])
}

/** Whether a session has other scopes by now than a token of it. */
export function hasFormerScope(
  context: { readonly settings: Pick<FlowSettings, 'access'> },
  { scope = '' }: AccessTokenClaims,
  live: Scoped,
): boolean {
  return scope !== scopesOfSession(context, live).join(' ')
}

/** The claims of a session's new token. `now` is in milliseconds. */
export function accessClaims(
  context: { readonly settings: FlowSettings; readonly keys: Keys },
  { account, roles, session, values }: LiveSession & { readonly values: Values },
  now: number,
): AccessTokenClaims {
  const { issuer, audiences, lifetimes } = context.settings
  const scopes = scopesOfSession(context, { roles, session })
  const absolute = session.absolute_expires_at
  const ends = [now + lifetimes.accessTtl * 1000, session.idle_expires_at, absolute ?? Infinity]
  return {
    ...values,
    iss: issuer,
    sub: `${issuer}/accounts/${account.id}`,
    aud: [...new Set([issuer, ...audiences])],
    exp: Math.floor(Math.min(...ends) / 1000),
    iat: Math.floor(now / 1000),
    jti: newTokenId(),
    sid: session.id,
    ...(account.era !== null && { era: account.era }),
    client_id: session.client_id,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    auth_time: Math.floor(session.auth_time / 1000),
    amr: JSON.parse(session.amr) as string[],
    ...(absolute !== null && { session_exp: Math.floor(absolute / 1000) }),
    ...(!isNative(session) && { xsrf: sha256(xsrfTokenOf(context, session.id)) }),
  }
}
