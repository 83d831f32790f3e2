import type { Moment } from '../../database/database.ts'
import { dropEndedCredentials } from '../../stores/credential-ends.ts'
import { dropKeysBefore } from '../../stores/keys.ts'
import { dropEffectsBefore, dropRevocationsBefore, noteDropped } from '../../stores/revocations.ts'
import { dropTokensBefore } from '../../stores/tokens.ts'
import { inBatches, jobOf } from '../../stores/in-batches.ts'
import type { Batch, BatchOf } from '../../stores/in-batches.ts'
import type { Context, ContextPart } from '../context.ts'

/** Seconds for which a token's record is kept after its expiry. */
const KEPT = 600

/** Milliseconds for which an ended credential is kept, for lists and support. */
const CREDENTIALS_KEPT = 30 * 86_400_000

/** Milliseconds of a run, and of one table before the others have their turn. */
const RUN = 20_000
const TURN = 500

/**
 * Deletes rows that no longer matter, so that the size of the database depends only on what is
 * live: in batches, each found by an index, in one process at a time. A run resolves to whether
 * rows may be left.
 */
export function createPurge({
  database,
  tools: { limits },
}: Pick<Context, 'database'> & ContextPart<'tools', 'limits'>): (
  before: number,
) => Promise<boolean> {
  const within = jobOf<Moment>(database, 'purge', (work) => database.dispose(work))
  let before = 0
  const entries: BatchOf = async (most) => {
    const done = await within(({ db }) => dropRevocationsBefore(db, before, most))
    if (done === undefined || done.rows === most) return done
    // The numbers of the next entries are noted in a transaction of their own, which holds the
    // counter's lock only briefly: sign-outs need it
    const noted = await within(({ db }) => noteDropped(db, before))
    return noted === undefined || noted.rows === 0 ? noted : { rows: most, took: noted.took }
  }
  const counts = async (most: number): Promise<Batch | undefined> => {
    if (!database.time.state().trusted) return undefined
    const began = performance.now()
    return { rows: await limits.dropExpired(before, most), took: performance.now() - began }
  }
  const tables = [
    inBatches(database, (most) =>
      within(({ db }) => dropTokensBefore(db, Math.floor(before / 1000) - KEPT, most)),
    ),
    inBatches(database, entries),
    inBatches(database, (most) => within(({ db }) => dropEffectsBefore(db, before, most))),
    inBatches(database, (most) =>
      within(({ db }) => dropEndedCredentials(db, before - CREDENTIALS_KEPT, most)),
    ),
    inBatches(database, (most) => within(({ db }) => dropKeysBefore(db, before, most))),
    inBatches(database, counts),
  ]
  return async (time) => {
    before = time
    const end = performance.now() + RUN
    let left = tables
    while (left.length > 0 && performance.now() < end) {
      const more: typeof tables = []
      for (const table of left) if (await table(performance.now() + TURN)) more.push(table)
      left = more
    }
    return left.length > 0
  }
}
