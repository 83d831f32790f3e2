import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { GuardRequest } from '@keyhaven/guard'
import { isBackground } from '@keyhaven/guard/kit'
import { accessClaims } from '../../model/access-claims.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { applicationClaims } from '../../flows/application/claims.ts'
import { extendSession } from '../../flows/sessions/extend.ts'
import { renewSession } from '../../flows/sessions/renew.ts'
import type { RenewedSession } from '../../flows/sessions/renew.ts'
import type { Context } from '../../flows/context.ts'
import type { Actor } from '../../events/happened.ts'
import { browserOf } from './browser.ts'
import type { Caller } from './caller.ts'
import type { Site } from '../site.ts'

/** A caller with the current claims, and the new token if one was due. */
export interface CurrentSession {
  readonly claims: AccessTokenClaims
  /** The session after this call. */
  readonly live: LiveSession
  readonly renewed: RenewedSession | undefined
  /** Milliseconds since 1970; never before a time that this call has written. */
  readonly now: number
}

/** Milliseconds by which a written time may be ahead; if it is more, the clock was wrong then. */
const AHEAD = 5000

interface Calling {
  readonly context: Context
  readonly site: Site
  readonly request: GuardRequest
  readonly caller: Caller
  /** Of a call to the service; a guard in its process knows no address. */
  readonly actor?: Actor
}

/** Renews the token if it is due and the caller may; otherwise notes the user's activity. */
export async function currentSession(
  { context, site, request, caller, actor }: Calling,
  mayRenew = true,
): Promise<CurrentSession> {
  const extend = !isBackground(request)
  const readAt = await context.database.read(async (moment) => moment.now)
  const renewable = caller.renewable && mayRenew
  if (renewable && !site.opaque && (caller.claims === undefined || isDue(caller.claims, readAt))) {
    const from = actor && { address: actor.address, browser: browserOf(request) }
    const renewed = await renewSession(context, { live: caller, extend, from })
    return { claims: renewed.claims, live: renewed, renewed, now: renewed.now }
  }
  const session = renewable && extend ? await extendSession(context, caller) : caller.session
  const live = { ...caller, session }
  // Counts from what this call has written, or remaining times would be too long
  const now =
    session.last_used_at - readAt < AHEAD ? Math.max(readAt, session.last_used_at) : readAt
  if (caller.claims !== undefined) return { claims: caller.claims, live, renewed: undefined, now }
  const values = await applicationClaims(context, caller.account)
  return { claims: accessClaims(context, { ...live, values }, now), live, renewed: undefined, now }
}

/** Whether a third of the token's life or less is left. `now` is in milliseconds. */
export function isDue({ exp, iat }: AccessTokenClaims, now: number): boolean {
  return (exp - now / 1000) * 3 <= exp - iat
}
