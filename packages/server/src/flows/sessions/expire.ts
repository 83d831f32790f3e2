import type { Moment } from '../../database/database.ts'
import { refusesRow } from '../../database/refuses-row.ts'
import type { Locked } from '../../database/locked.ts'
import { currentEpoch } from '../../stores/installation.ts'
import {
  endableBelow,
  expiredCredentials,
  lockExpired,
  markEnded,
} from '../../stores/credentials/credential-ends.ts'
import type { OfEpoch } from '../../stores/credentials/credential-ends.ts'
import { endCredentials } from '../credentials/end.ts'
import { claimed, inBatches, isOver } from '../../stores/in-batches.ts'
import type { Batch, JobRun, JobWork } from '../../stores/in-batches.ts'
import { createRefusedRows } from '../../stores/refused-rows.ts'
import { causeOf } from '../../telemetry/failure-log.ts'
import type { ContextPart } from '../context.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking, RevokingMoment } from '../revocation/revoking.ts'

/**
 * Ends credentials whose idle or absolute limit has passed, and marks those of past epochs, in
 * batches. A row that the database refuses is logged and left out, so that it stops no other.
 */
export function createExpiry(context: Revoking & ContextPart<'tools', 'log'>): JobWork {
  const within = claimed<RevokingMoment>((work) => revoking(context, work))
  const refused = createRefusedRows((session, error) => {
    const { log } = context.tools
    log.error({ ...causeOf(error), session }, 'the database refuses the end of a session')
  })
  const dueOf = async (moment: Moment, most: number): Promise<string[]> => {
    const ids = await expiredCredentials(moment, most + refused.size())
    return ids.filter((id) => !refused.has(id)).slice(0, most)
  }
  const oneByOne = async (run: JobRun, due: readonly string[]): Promise<Batch | undefined> => {
    const began = performance.now()
    let rows = 0
    for (const id of due) {
      if (isOver(run)) break
      try {
        const done = await within(run, (moment) => endExpired(moment, [id]))
        if (done === undefined) return undefined
        rows += done.rows
      } catch (error) {
        if (!refusesRow(error)) throw error
        refused.add(id, error)
      }
    }
    return { rows, took: performance.now() - began }
  }
  return {
    // In most seconds nothing is due, and a read takes no lock
    isDue: () =>
      context.database.read(
        async (moment) => moment.trusted && (await dueOf(moment, 1)).length > 0,
      ),
    work: inBatches(context.database, async (run, most) => {
      let due: readonly string[] = []
      try {
        return await within(run, async (moment) => {
          due = await dueOf(moment, most)
          return endExpired(moment, due)
        })
      } catch (error) {
        if (due.length === 0 || !refusesRow(error)) throw error
        return oneByOne(run, due)
      }
    }),
  }
}

/**
 * Ends credentials whose time is over with what was made from them, and leaves those of locked
 * accounts for the next run.
 * @returns how many, without what was made from them.
 */
async function endExpired(moment: RevokingMoment, due: readonly string[]): Promise<number> {
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
