import type { Locked } from '../../database/locked.ts'
import { currentEpoch } from '../../stores/installation.ts'
import {
  endableBelow,
  expiredCredentials,
  lockExpired,
  markEnded,
} from '../../stores/credential-ends.ts'
import type { OfEpoch } from '../../stores/credential-ends.ts'
import { endCredentials } from '../credentials/end.ts'
import { claimed, inBatches } from '../../stores/in-batches.ts'
import type { JobWork } from '../../stores/in-batches.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking, RevokingMoment } from '../revocation/revoking.ts'

/** Ends credentials whose idle or absolute limit has passed, and marks those of past epochs, in batches. */
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
 * Ends at most `most` credentials with what was made from them, and leaves those of locked accounts
 * for the next run.
 * @returns how many, without what was made from them.
 */
async function endExpired(moment: RevokingMoment, most: number): Promise<number> {
  const due = await expiredCredentials(moment, most)
  if (due.length === 0) return 0
  const over = await lockExpired(moment, due)
  const epoch = await currentEpoch(moment.db)
  const live = over.filter((one) => !isPast(one, epoch))
  const below = await markPast(
    moment,
    epoch,
    over.filter((one) => isPast(one, epoch)),
  )
  await endCredentials(moment, 'session_ended', [
    ...live.map((credential) => ({ credential, actor: {}, reason: 'its time was over' })),
    ...below.map((credential) => ({
      credential,
      actor: {},
      reason: 'a restore of the database ended what it was made from',
    })),
  ])
  return over.length
}

/**
 * Marks what a new epoch has already ended with its tokens: only the rows lack it.
 * @returns what was made from it and is still live.
 */
async function markPast(
  { db, now }: RevokingMoment,
  epoch: number,
  past: readonly Locked<OfEpoch>[],
): Promise<Locked<OfEpoch>[]> {
  const live: Locked<OfEpoch>[] = []
  let level = past
  while (level.length > 0) {
    const marked = await markEnded(db, level, { at: now, code: 'session_ended' })
    const parents = level.filter(({ id }) => marked.get(id)?.hasBelow)
    const below = parents.length === 0 ? [] : await endableBelow(db, parents)
    live.push(...below.filter((one) => !isPast(one, epoch)))
    level = below.filter((one) => isPast(one, epoch))
  }
  return live
}

/** Whether a later epoch has ended a credential. */
function isPast(credential: OfEpoch, epoch: number): boolean {
  return credential.epoch !== null && credential.epoch < epoch
}
