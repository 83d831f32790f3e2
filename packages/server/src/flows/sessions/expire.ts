import { currentEpoch } from '../../stores/installation.ts'
import { expiredCredentials, lockExpired, markEnded } from '../../stores/credential-ends.ts'
import { endCredentials } from '../credentials/end.ts'
import { inBatches, jobOf } from '../../stores/in-batches.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking, RevokingMoment } from '../revocation/revoking.ts'

/** Milliseconds of a run; the next one follows within a second. */
const RUN = 5000

/** Ends sessions whose idle or absolute limit has passed, in batches, in one process at a time. */
export function createExpiry(context: Revoking): () => Promise<void> {
  const within = jobOf<RevokingMoment>(context.database, 'expire', (work) =>
    revoking(context, work),
  )
  const expire = inBatches(context.database, (most) => within((moment) => endExpired(moment, most)))
  const isDue = (): Promise<boolean> =>
    context.database.read(
      async (moment) => moment.trusted && (await expiredCredentials(moment, 1)).length > 0,
    )
  return async () => {
    // In most seconds nothing is due, and a read takes no lock
    if (await isDue()) await expire(performance.now() + RUN)
  }
}

/**
 * Ends at most `most` sessions, and leaves those of locked accounts for the next run.
 * @returns how many.
 */
async function endExpired(moment: RevokingMoment, most: number): Promise<number> {
  const { db, now } = moment
  const due = await expiredCredentials(moment, most)
  if (due.length === 0) return 0
  const over = await lockExpired(moment, due)
  const epoch = await currentEpoch(db)
  const isPast = (one: { readonly epoch: number | null }): boolean =>
    one.epoch !== null && one.epoch < epoch
  const [live, past] = [over.filter((one) => !isPast(one)), over.filter(isPast)]
  // The new epoch has already ended these with their tokens; only their rows lack it
  if (past.length > 0) await markEnded(db, past, { at: now, code: 'session_ended' })
  const ends = live.map((credential) => ({
    credential,
    actor: {},
    reason: 'its time was over',
  }))
  await endCredentials(moment, 'session_ended', ends)
  return over.length
}
