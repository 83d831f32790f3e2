import { issueAccessToken } from '@keyhaven/core'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Moment } from '../database/database.ts'
import { noteRenewal, touchSession } from '../stores/sessions.ts'
import { findTokenClaims, recordToken } from '../stores/tokens.ts'
import { accessClaims } from './access-claims.ts'
import type { LiveSession } from './access-claims.ts'
import { requireLiveSession } from './find-live-session.ts'
import type { Rooms } from './rooms.ts'

/** Requests that come within this many milliseconds share one new token. */
const SHARED_FOR = 5000

/** A session with its new token. */
export interface RenewedSession extends LiveSession {
  readonly claims: AccessTokenClaims
  readonly accessToken: string
}

type Needs = Pick<Rooms, 'rules' | 'database' | 'keys' | 'revocations'>

/** Issues the session's next token, or the one that a parallel request was just given. */
export function renewSession(
  rooms: Needs,
  { sessionId, extend }: { readonly sessionId: string; readonly extend: boolean },
): Promise<RenewedSession> {
  return rooms.database.transact(async (moment) => {
    const found = await requireLiveSession(moment, { id: sessionId })
    const live = extend ? await extended(rooms, moment, found) : found
    const claims =
      (await sharedClaims(rooms, moment, live)) ?? (await newClaims(rooms, moment, live))
    return { ...live, claims, accessToken: issueAccessToken(claims, rooms.keys.signing) }
  })
}

/** Moves the idle limit, never past the absolute one. */
async function extended(
  rooms: Needs,
  { db, now }: Moment,
  live: LiveSession,
): Promise<LiveSession> {
  const idleExpiresAt = now + rooms.rules.lifetimes.idle * 1000
  await touchSession(db, live.session.id, { lastUsedAt: now, idleExpiresAt })
  return {
    ...live,
    session: { ...live.session, last_used_at: now, idle_expires_at: idleExpiresAt },
  }
}

async function sharedClaims(
  rooms: Needs,
  { db, now }: Moment,
  { session }: LiveSession,
): Promise<AccessTokenClaims | undefined> {
  const { renewed_jti: jti, renewed_at: at } = session
  if (jti === null || at === null || now - at >= SHARED_FOR) return undefined
  const claims = await findTokenClaims(db, jti)
  if (claims === undefined || claims.exp * 1000 <= now) return undefined
  return rooms.revocations.find(claims) === undefined ? claims : undefined
}

async function newClaims(
  rooms: Needs,
  { db, now }: Moment,
  live: LiveSession,
): Promise<AccessTokenClaims> {
  const claims = accessClaims(rooms, live, now)
  await recordToken(db, live.account.id, claims)
  await noteRenewal(db, live.session.id, { jti: claims.jti, at: now })
  return claims
}
