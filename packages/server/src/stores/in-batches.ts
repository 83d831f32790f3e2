import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Moment } from '../database/database.ts'
import { prepareJob, takeJob } from './jobs.ts'

/** What one batch did. */
export interface Batch {
  /** Rows that it changed: fewer than it might means that they were the last. */
  readonly rows: number
  /** Milliseconds that it took, the wait for its turn left out. */
  readonly took: number
}

/** Changes a number of rows at most; `undefined` if this process must not do it now. */
export type BatchOf = (most: number) => Promise<Batch | undefined>

/** Rows of the first batch, and the bounds within which their number follows the target. */
const [FIRST, FEWEST, MOST] = [50, 25, 5000]

/**
 * Works in batches that are as large as the database allows, and rests between them for about as long
 * as they take. The answer of a run is whether rows may be left: it ends with the rows, or at its deadline by
 * `performance.now()`.
 */
export function inBatches(
  { batch: target }: Pick<Database, 'batch'>,
  batch: BatchOf,
): (deadline: number) => Promise<boolean> {
  let size = FIRST
  return async (deadline) => {
    for (;;) {
      const most = size
      const done = await batch(most)
      if (done === undefined || done.rows < most) return false
      const factor = Math.min(Math.max(target / done.took, 0.2), 1.5)
      size = Math.round(Math.min(Math.max(size * factor, FEWEST), MOST))
      // What a busy machine or its disk took is no reason for a longer rest
      await sleep(Math.min(done.took, 2 * target))
      if (performance.now() >= deadline) return true
    }
  }
}

/**
 * Transactions of a job that can't be undone: each runs only if the clock is trusted and no other
 * process is at the job; otherwise the answer is `undefined`.
 */
export function jobOf<M extends Moment>(
  database: Database,
  name: string,
  transact: <T>(work: (moment: M) => Promise<T>) => Promise<T>,
): (work: (moment: M) => Promise<number>) => Promise<Batch | undefined> {
  let prepared = false
  return async (work) => {
    if (!prepared) await database.transact(({ db }) => prepareJob(db, name))
    prepared = true
    let began = 0
    const rows = await transact(async (moment) => {
      began = performance.now()
      if (!moment.trusted || !(await takeJob(moment.db, name))) return undefined
      return work(moment)
    })
    return rows === undefined ? undefined : { rows, took: performance.now() - began }
  }
}
