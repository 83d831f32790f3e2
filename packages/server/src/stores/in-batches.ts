import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Moment } from '../database/database.ts'
import { prepareJob, takeJob } from './jobs.ts'

/** The result of one batch. */
export interface Batch {
  /** Changed rows; fewer than allowed if they were the last. */
  readonly rows: number
  /** Milliseconds that it took, without the wait for its turn. */
  readonly took: number
}

/** Changes at most so many rows; `undefined` if this process must not do it now. */
export type BatchOf = (most: number) => Promise<Batch | undefined>

/** Rows of the first batch, and the bounds of later ones. */
const [FIRST, FEWEST, MOST] = [50, 25, 5000]

/**
 * Works in batches, sized so that each takes the target time, and rests after each for about as
 * long. Runs until no rows are left or until a deadline by `performance.now()`.
 * @returns whether rows may be left.
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
      // On a busy machine a slow batch must not cause a longer rest
      await sleep(Math.min(done.took, 2 * target))
      if (performance.now() >= deadline) return true
    }
  }
}

/**
 * Transactions of a job that can't be undone. Each runs only if the clock is trusted and no other
 * process does the job; otherwise it returns `undefined`.
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
