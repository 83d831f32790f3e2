import type { AccessTokenClaims, SessionView } from '@keyhaven/core/wire'
import { xsrfTokenOf } from '../model/access-claims.ts'
import type { LiveSession } from '../model/access-claims.ts'
import { pageClaims } from '../model/page-claims.ts'
import type { FlowSettings } from '../model/flow-settings.ts'
import type { Keys } from '../model/keys.ts'
import type { Application } from '../model/application.ts'
import { proofTime } from './time.ts'
import { viewAccount } from './account.ts'

/** The session view for its user, without any signature or token. `now` is in milliseconds. */
export function viewSession(
  context: {
    readonly settings: FlowSettings
    readonly keys: Keys
    readonly tools: { readonly application: Application }
  },
  { account, roles, session, claims }: LiveSession & { readonly claims: AccessTokenClaims },
  now: number,
): SessionView {
  const left = (end: number): number => Math.max(0, Math.ceil((end - now) / 1000))
  const expiresIn = left(claims.exp * 1000)
  const lastThird = Math.floor((claims.exp - claims.iat) / 3)
  return {
    account: viewAccount(context, account),
    claims: pageClaims(context.tools, claims),
    scope: claims.scope ? claims.scope.split(' ') : [],
    roles,
    xsrfToken: xsrfTokenOf(context, session.id),
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
