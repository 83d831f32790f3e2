import type { AccessTokenClaims, PlainSessionView, SessionView } from '@keyhaven/core/wire'
import { isNative, xsrfTokenOf } from '../model/access-claims.ts'
import type { LiveSession } from '../model/access-claims.ts'
import { pageClaims } from '../model/page-claims.ts'
import type { FlowSettings } from '../model/flow-settings.ts'
import type { Keys } from '../model/keys.ts'
import type { Application } from '../model/application.ts'
import { proofTime } from './time.ts'
import { viewAccount } from './account.ts'

interface Viewing {
  readonly settings: FlowSettings
  readonly keys: Keys
  readonly tools: { readonly application: Application }
}

type Viewed = LiveSession & { readonly claims: AccessTokenClaims }

/** The session view for its user, without any signature or token. `now` is in milliseconds. */
export function viewSession(context: Viewing, viewed: Viewed, now: number): SessionView {
  return {
    ...viewPlain(context, viewed, now),
    xsrfToken: xsrfTokenOf(context, viewed.session.id),
  }
}

/** The same for any session: that of an app has no cookies, and so no XSRF token. */
export function viewAny(
  context: Viewing,
  viewed: Viewed,
  now: number,
): SessionView | PlainSessionView {
  return (isNative(viewed.session) ? viewPlain : viewSession)(context, viewed, now)
}

/** The session view of a session without cookies. */
export function viewPlain(
  context: Viewing,
  { account, roles, session, claims }: Viewed,
  now: number,
): PlainSessionView {
  const left = (end: number): number => Math.max(0, Math.ceil((end - now) / 1000))
  const expiresIn = left(claims.exp * 1000)
  const lastThird = Math.floor((claims.exp - claims.iat) / 3)
  return {
    account: viewAccount(context, account),
    claims: pageClaims(context.tools, claims),
    scope: claims.scope ? claims.scope.split(' ') : [],
    roles,
    session: {
      id: session.id,
      createdAt: new Date(session.created_at).toISOString(),
      authTime: proofTime(session.auth_time),
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
