import { expiredSessions } from '../stores/sessions.ts'
import { writeSessionEnd } from './end-session.ts'
import { revoking } from './revoking.ts'
import type { Rooms } from './rooms.ts'

/** Writes the ends of sessions whose idle or absolute limit has passed. */
export async function expireSessions(
  rooms: Pick<Rooms, 'database' | 'revocations'>,
): Promise<void> {
  const due = await rooms.database.read(expiredSessions)
  if (due.length === 0) return
  await revoking(rooms, async (moment) => {
    // Looked at again inside: a request may have moved an idle limit in between
    const ids = await expiredSessions(moment)
    const ending = { code: 'session_ended', actor: {}, reason: 'its time was over' } as const
    for (const id of ids) await writeSessionEnd(moment, id, ending)
  })
}
