import { lockAccounts } from '../stores/accounts.ts'
import { expiredSessions } from '../stores/sessions.ts'
import { writeLockedEnds } from './end-session.ts'
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
      const ends = due
        .filter(({ id }) => still.has(id))
        .map(({ id, account_id }) => ({
          sessionId: id,
          accountId: account_id,
          actor: {},
          reason: 'its time was over',
        }))
      await writeLockedEnds(moment, 'session_ended', ends)
    })
  }
}
