import type { AccessTokenClaims, AccountView, SessionView } from '@keyhaven/core/wire'
import type { Account } from '../stores/accounts.ts'
import { xsrfTokenOf } from './access-claims.ts'
import type { LiveSession } from './access-claims.ts'
import type { Rooms } from './rooms.ts'

/** What a person sees of her session. It holds no signature and no whole token. `now` is in milliseconds. */
export function viewSession(
  rooms: Pick<Rooms, 'rules' | 'keys'>,
  { account, roles, session, claims }: LiveSession & { readonly claims: AccessTokenClaims },
  now: number,
): SessionView {
  const { xsrf: _hash, jti: _id, ...page } = claims
  const left = (end: number): number => Math.max(0, Math.ceil((end - now) / 1000))
  const expiresIn = left(claims.exp * 1000)
  const lastThird = Math.floor((claims.exp - claims.iat) / 3)
  return {
    account: viewAccount(rooms, account),
    claims: page as SessionView['claims'],
    scope: claims.scope ? claims.scope.split(' ') : [],
    roles,
    xsrfToken: xsrfTokenOf(rooms, session.id),
    session: {
      id: session.id,
      createdAt: new Date(session.created_at).toISOString(),
      authTime: new Date(session.auth_time).toISOString(),
      amr: JSON.parse(session.amr) as string[],
      expiresIn,
      renewIn: Math.max(0, expiresIn - lastThird),
      idleExpiresIn: left(session.idle_expires_at),
      ...(session.absolute_expires_at !== null && {
        absoluteExpiresIn: left(session.absolute_expires_at),
      }),
    },
  }
}

/** The `sub` resource. */
export function viewAccount({ rules }: Pick<Rooms, 'rules'>, account: Account): AccountView {
  return {
    href: `${rules.issuer}/accounts/${account.id}`,
    id: account.id,
    email: account.email,
    emailVerified: account.email_verified === 1,
    ...(account.username !== null && { username: account.username }),
    ...(account.name !== null && { name: account.name }),
    ...(account.profile !== null && {
      profile: JSON.parse(account.profile) as Record<string, unknown>,
    }),
    status: account.status,
  }
}
