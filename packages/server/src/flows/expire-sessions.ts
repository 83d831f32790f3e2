import { lockAccounts } from '../stores/accounts.ts'
import { expiredSessions, lockExpired } from '../stores/sessions.ts'
import { writeLockedEnds } from './end-session.ts'
import { revoking } from './revoking.ts'
import type { Revoking } from './revoking.ts'

/** Writes the ends of sessions whose idle or absolute limit has passed, batch by batch. */
export async function expireSessions(rooms: Revoking): Promise<void> {
  for (;;) {
    const due = await rooms.database.read(expiredSessions)
    if (due.length === 0) return
    await revoking(rooms, async (moment) => {
      const owners = [...new Set(due.map(({ account_id }) => account_id))]
      const accounts = await lockAccounts(moment.db, owners)
      // Read again under the locks: a request may have moved an idle limit in between
      const still = await lockExpired(
        moment,
        accounts,
        due.map(({ id }) => id),
      )
      const ends = still.map((session) => ({ session, actor: {}, reason: 'its time was over' }))
      await writeLockedEnds(moment, 'session_ended', ends)
    })
  }
}
