import { lockAccounts } from '../stores/accounts.ts'
import { expiredSessions } from '../stores/sessions.ts'
import { writeLockedEnd } from './end-session.ts'
import { revoking } from './revoking.ts'
import type { Revoking } from './revoking.ts'

/** Writes the ends of sessions whose idle or absolute limit has passed, batch by batch. */
export async function expireSessions(rooms: Revoking): Promise<void> {
  for (;;) {
    const due = await rooms.database.read(expiredSessions)
    if (due.length === 0) return
    await revoking(rooms, async (moment) => {
      await lockAccounts(
        moment.db,
        due.map(({ account_id }) => account_id),
      )
      // Looked at again inside: a request may have moved an idle limit in between
      const still = new Set((await expiredSessions(moment)).map(({ id }) => id))
      const ending = { code: 'session_ended', actor: {}, reason: 'its time was over' } as const
      for (const { id: sessionId, account_id: accountId } of due) {
        if (still.has(sessionId)) await writeLockedEnd(moment, { sessionId, accountId }, ending)
      }
    })
  }
}
