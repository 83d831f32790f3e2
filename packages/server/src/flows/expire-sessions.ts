import { lockAccounts } from '../stores/accounts.ts'
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
    const accounts = new Set(due.map(({ account_id }) => account_id))
    await lockAccounts(moment.db, [...accounts])
    // Looked at again under the locks: a request may have moved an idle limit in between
    const over = (await expiredSessions(moment)).filter(({ account_id }) =>
      accounts.has(account_id),
    )
    const ending = { code: 'session_ended', actor: {}, reason: 'its time was over' } as const
    for (const { id } of over) await writeSessionEnd(moment, id, ending)
  })
}
