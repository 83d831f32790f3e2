import type { Moment } from '../../database/database.ts'
import { refusesRow } from '../../database/refuses-row.ts'
import { dropAttemptsBefore } from '../../stores/attempts.ts'
import { dropEndedCredentials } from '../../stores/credentials/credential-ends.ts'
import { dropForeignTokensBefore } from '../../stores/credentials/delegations.ts'
import { dropDevicesBefore } from '../../stores/devices.ts'
import { dropChallengesBefore } from '../../stores/factors/challenges.ts'
import { dropEnrolmentsBefore, ENROLMENT_LIFE } from '../../stores/factors/factors.ts'
import { dropKeysBefore } from '../../stores/keys.ts'
import { dropLinksBefore } from '../../stores/links.ts'
import { dropEffectsBefore, dropRevocationsBefore, noteDropped } from '../../stores/revocations.ts'
import { dropTokensBefore } from '../../stores/tokens.ts'
import { claimed, inBatches, isOver } from '../../stores/in-batches.ts'
import type { Batch, BatchOf, JobRun, JobWork } from '../../stores/in-batches.ts'
import type { Context, ContextPart } from '../context.ts'
import { keepTime } from './keep-time.ts'

/** Seconds for which a token's record is kept after its expiry. */
const KEPT = 600

/** Milliseconds for which an ended credential is kept, for lists and support. */
const CREDENTIALS_KEPT = 30 * 86_400_000

/** Milliseconds for which an expired link is kept, so that its answer is that it has expired. */
const LINKS_KEPT = 86_400_000

/** Milliseconds for which a browser is known after its last sign-in: as long as its cookie lives. */
const DEVICES_KEPT = 400 * 86_400_000

/** Milliseconds of one table before the others have their turn. */
const TURN = 500

/**
 * Deletes rows that no longer matter, so that the size of the database depends only on what is
 * live: in batches, each found by an index. It begins in the second after the clock becomes
 * trusted.
 */
export function createPurge({
  database,
  tools: { limits },
}: Pick<Context, 'database'> & ContextPart<'tools', 'limits'>): JobWork {
  const within = claimed<Moment>((work) => database.dispose(work))
  let before = 0
  const entries: BatchOf = async (run, most) => {
    const done = await within(run, ({ db }) => dropRevocationsBefore(db, before, most))
    if (done === undefined || done.rows === most) return done
    // The numbers of the next entries are noted in a transaction of their own, which holds the
    // counter's lock only briefly: sign-outs need it
    const noted = await within(run, ({ db }) => noteDropped(db, before))
    return noted === undefined || noted.rows === 0 ? noted : { rows: most, took: noted.took }
  }
  // Counts are deleted beside the transaction of the claim: to delete one twice does no harm
  const counts: BatchOf = async (run, most): Promise<Batch | undefined> => {
    if ((await within(run, async () => 0)) === undefined) return undefined
    const began = performance.now()
    return { rows: await limits.dropExpired(before, most), took: performance.now() - began }
  }
  const tables = [
    inBatches(database, (run, most) =>
      within(run, ({ db }) => dropTokensBefore(db, Math.floor(before / 1000) - KEPT, most)),
    ),
    inBatches(database, entries),
    inBatches(database, (run, most) =>
      within(run, ({ db }) => dropEffectsBefore(db, before, most)),
    ),
    inBatches(database, (run, most) =>
      within(run, ({ db }) => dropEndedCredentials(db, before - CREDENTIALS_KEPT, most)),
    ),
    inBatches(database, (run, most) =>
      within(run, ({ db }) => dropAttemptsBefore(db, before, most)),
    ),
    inBatches(database, (run, most) =>
      within(run, ({ db }) => dropChallengesBefore(db, before, most)),
    ),
    inBatches(database, (run, most) =>
      within(run, ({ db }) => dropEnrolmentsBefore(db, before - ENROLMENT_LIFE, most)),
    ),
    inBatches(database, (run, most) =>
      within(run, ({ db }) => dropLinksBefore(db, before - LINKS_KEPT, most)),
    ),
    inBatches(database, (run, most) =>
      within(run, ({ db }) => dropDevicesBefore(db, before - DEVICES_KEPT, most)),
    ),
    inBatches(database, (run, most) =>
      within(run, ({ db }) => dropForeignTokensBefore(db, before, most)),
    ),
    inBatches(database, (run, most) => within(run, ({ db }) => dropKeysBefore(db, before, most))),
    inBatches(database, counts),
  ]
  return {
    isDue: async () => database.time.state().trusted,
    work: async (run) => {
      const time = await keepTime(database)
      if (time === undefined) return false
      before = time
      const failures: unknown[] = []
      let left = tables
      while (left.length > 0 && !isOver(run)) {
        const more: typeof tables = []
        for (const table of left) {
          try {
            if (await table(turnOf(run))) more.push(table)
          } catch (error) {
            // A row that the database refuses to delete stops no other table
            if (!refusesRow(error)) throw error
            failures.push(error)
          }
        }
        left = more
      }
      if (failures.length > 0) throw failures[0]
      return left.length > 0
    },
  }
}

function turnOf(run: JobRun): JobRun {
  return { ...run, deadline: Math.min(run.deadline, performance.now() + TURN) }
}
