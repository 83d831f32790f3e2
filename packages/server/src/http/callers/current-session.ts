import { BACKGROUND_HEADER } from '@keyhaven/core/wire'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { GuardRequest } from '@keyhaven/guard'
import { accessClaims } from '../../model/access-claims.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { applicationClaims } from '../../flows/application/claims.ts'
import { extendSession } from '../../flows/sessions/extend.ts'
import { renewSession } from '../../flows/sessions/renew.ts'
import type { RenewedSession } from '../../flows/sessions/renew.ts'
import type { Context } from '../../flows/context.ts'
import type { Caller } from './caller.ts'
import type { Site } from '../site.ts'

/** A caller with the claims that count now, and the new token where one was due. */
export interface CurrentSession {
  readonly claims: AccessTokenClaims
  /** The session as this call has left it. */
  readonly live: LiveSession
  readonly renewed: RenewedSession | undefined
  /** Milliseconds since 1970; never before what this call has written. */
  readonly now: number
}

/** Milliseconds by which a written time may be ahead; more was written while the clock was wrong. */
const AHEAD = 5000

interface Asked {
  readonly context: Context
  readonly site: Site
  readonly request: GuardRequest
  readonly caller: Caller
}

/** Renews where it is due and the caller may; otherwise notes that the person is active. */
export async function currentSession(
  { context, site, request, caller }: Asked,
  mayRenew = true,
): Promise<CurrentSession> {
  const extend = request.header(BACKGROUND_HEADER) === undefined
  const asked = await context.database.read(async (moment) => moment.now)
  const renewable = caller.renewable && mayRenew
  if (renewable && !site.opaque && (caller.claims === undefined || isDue(caller.claims, asked))) {
    const renewed = await renewSession(context, { live: caller, extend })
    return { claims: renewed.claims, live: renewed, renewed, now: renewed.now }
  }
  const session = renewable && extend ? await extendSession(context, caller) : caller.session
  const live = { ...caller, session }
  // Counted from what this call has written, or a limit would be told as longer than it is
  const now = session.last_used_at - asked < AHEAD ? Math.max(asked, session.last_used_at) : asked
  if (caller.claims !== undefined) return { claims: caller.claims, live, renewed: undefined, now }
  const values = await applicationClaims(context, caller.account)
  return { claims: accessClaims(context, { ...live, values }, now), live, renewed: undefined, now }
}

/** A third of its life or less is left. `now` is in milliseconds. */
export function isDue({ exp, iat }: AccessTokenClaims, now: number): boolean {
  return (exp - now / 1000) * 3 <= exp - iat
}
