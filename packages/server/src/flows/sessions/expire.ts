import { currentEpoch } from '../../stores/installation.ts'
import { expiredSessions, lockExpired, markEnded } from '../../stores/session-ends.ts'
import { writeLockedEnds } from './write-ends.ts'
import { inBatches, jobOf } from '../../stores/in-batches.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking, RevokingMoment } from '../revocation/revoking.ts'

/** Milliseconds of a run; the next one follows within a second. */
const RUN = 5000

/** Writes the ends of sessions whose idle or absolute limit has passed, in batches, one process at a time. */
export function createExpiry(context: Revoking): () => Promise<void> {
  const within = jobOf<RevokingMoment>(context.database, 'expire', (work) =>
    revoking(context, work),
  )
  const expire = inBatches(context.database, (most) => within((moment) => endExpired(moment, most)))
  const isDue = (): Promise<boolean> =>
    context.database.read(
      async (moment) => moment.trusted && (await expiredSessions(moment, 1)).length > 0,
    )
  return async () => {
    // Most seconds have nothing to end: a read takes no lock
    if (await isDue()) await expire(performance.now() + RUN)
  }
}

/**
 * Ends a number of sessions at most; those of an account that is locked just now are left for the next
 * run. The answer counts them.
 */
async function endExpired(moment: RevokingMoment, most: number): Promise<number> {
  const { db, now } = moment
  const due = await expiredSessions(moment, most)
  if (due.length === 0) return 0
  const over = await lockExpired(moment, due)
  const epoch = await currentEpoch(db)
  const [live, past] = [
    over.filter((one) => one.epoch >= epoch),
    over.filter((one) => one.epoch < epoch),
  ]
  // With their epoch these have ended already, tokens included: only the row does not show it yet
  if (past.length > 0) await markEnded(db, past, { at: now, code: 'session_ended' })
  const ends = live.map((session) => ({ session, actor: {}, reason: 'its time was over' }))
  await writeLockedEnds(moment, 'session_ended', ends)
  return over.length
}
