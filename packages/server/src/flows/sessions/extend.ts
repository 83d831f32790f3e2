import { touchCredential } from '../../stores/credentials/credentials.ts'
import type { Session } from '../../stores/sessions.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { lockLiveSession } from './lock-live.ts'
import type { Context } from '../context.ts'

/**
 * The idle limit is written when it moves by a twentieth of its span, and at least every minute.
 */
const FRACTION = 20
const LONGEST = 60_000

/**
 * Notes the user’s activity. Most calls write nothing, because the limit need not be exact to the
 * second.
 * @returns the session afterwards.
 */
export async function extendSession(
  { settings, database }: Pick<Context, 'settings' | 'database'>,
  live: LiveSession,
): Promise<Session> {
  const { session } = live
  const idle = settings.lifetimes.idle * 1000
  const step = Math.min(idle / FRACTION, LONGEST)
  const due = ({ now }: { readonly now: number }): boolean => now - session.last_used_at >= step
  if (!(await database.read(async (moment) => due(moment)))) return session
  return database.transact(async (moment) => {
    const { db, now } = moment
    const locked = await lockLiveSession(moment, live)
    const times = { lastUsedAt: now, idleExpiresAt: now + idle }
    await touchCredential(db, locked.session, times)
    return { ...locked.session, last_used_at: now, idle_expires_at: now + idle }
  })
}
