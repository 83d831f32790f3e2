import { findFact } from '../stores/installation.ts'
import { expiredSessions, lockFreeOwners, markEnded, stillExpired } from '../stores/sessions.ts'
import { writeLockedEnds } from './end-session.ts'
import { inBatches, jobOf } from './in-batches.ts'
import { revoking } from './revoking.ts'
import type { Revoking, RevokingMoment } from './revoking.ts'

/** Milliseconds of a run; the next one follows within a second. */
const RUN = 5000

/** Writes the ends of sessions whose idle or absolute limit has passed, in batches, one process at a time. */
export function createExpiry(rooms: Revoking): () => Promise<void> {
  const within = jobOf<RevokingMoment>(rooms.database, 'expire', (work) => revoking(rooms, work))
  const expire = inBatches(rooms.database, (most) => within((moment) => endExpired(moment, most)))
  return async () => {
    await expire(performance.now() + RUN)
  }
}

/**
 * Ends a number of sessions at most; those of an account that is locked just now are left for the next
 * run. The answer counts them.
 */
async function endExpired(moment: RevokingMoment, most: number): Promise<number> {
  const { db, now } = moment
  const due = await expiredSessions(moment, most)
  const owned = due.length === 0 ? [] : await lockFreeOwners(db, due)
  // A request may have moved an idle limit before the account was locked
  const over = await stillExpired(
    moment,
    owned.map(({ sessionId }) => sessionId),
  )
  const epoch = Number((await findFact(db, 'epoch')) ?? 0)
  const [ended, live] = [over.filter((one) => one.epoch < epoch), new Set<string>()]
  for (const one of over) if (one.epoch >= epoch) live.add(one.id)
  // With the epoch these have ended already, entries included: only the row does not show it yet
  if (ended.length > 0) {
    const ids = ended.map(({ id }) => id)
    await markEnded(db, ids, { at: now, code: 'session_ended' })
  }
  const ends = owned.filter(({ sessionId }) => live.has(sessionId))
  await writeLockedEnds(
    moment,
    'session_ended',
    ends.map((one) => ({ ...one, actor: {}, reason: 'its time was over' })),
  )
  return over.length
}
