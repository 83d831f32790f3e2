import { currentEpoch } from '../../stores/installation.ts'
import { expiredCredentials, lockExpired, markEnded } from '../../stores/credential-ends.ts'
import { endCredentials } from '../credentials/end.ts'
import { claimed, inBatches } from '../../stores/in-batches.ts'
import type { JobWork } from '../../stores/in-batches.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking, RevokingMoment } from '../revocation/revoking.ts'

/** Ends sessions whose idle or absolute limit has passed, in batches. */
export function createExpiry(context: Revoking): JobWork {
  const within = claimed<RevokingMoment>((work) => revoking(context, work))
  return {
    // In most seconds nothing is due, and a read takes no lock
    isDue: () =>
      context.database.read(
        async (moment) => moment.trusted && (await expiredCredentials(moment, 1)).length > 0,
      ),
    work: inBatches(context.database, (run, most) =>
      within(run, (moment) => endExpired(moment, most)),
    ),
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
