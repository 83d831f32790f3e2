import type { TokenResult } from '@keyhaven/guard'
import { accessClaims } from './access-claims.ts'
import { applicationClaims } from './application-claims.ts'
import { findLiveSession } from './find-live-session.ts'
import type { FoundSession } from './find-live-session.ts'
import type { Rooms } from './rooms.ts'

/** What an access token of this session would say, where none is given out (opaque mode). */
export async function claimsOfSession(
  rooms: Rooms,
  cookies: readonly string[],
): Promise<TokenResult> {
  const { found, now } = await rooms.database.read(async (moment) => {
    const all: FoundSession[] = []
    for (const cookie of cookies) all.push(await findLiveSession(moment, { cookie }))
    return { found: all.find((one) => one.ok) ?? all[0], now: moment.now }
  })
  if (found === undefined) return { ok: false, code: 'not_signed_in', reason: 'no session cookie' }
  if (!found.ok) return { ok: false, code: found.code, reason: 'session' }
  const values = await applicationClaims(rooms, found.account)
  return { ok: true, claims: accessClaims(rooms, { ...found, values }, now) }
}
