import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Moment } from '../database/database.ts'
import { keepClaim } from './jobs.ts'
import type { ClaimedJob } from './jobs.ts'

/** One run of a job in the process that has claimed it. */
export interface JobRun {
  readonly claim: ClaimedJob
  /** When the run must end, by `performance.now()`. */
  readonly deadline: number
  /** Aborted when the service closes. */
  readonly signal: AbortSignal
  /** Counts changed rows, for those who read the row of the job. */
  readonly count: (rows: number) => void
}

/** Work that one process at a time does for all of them. */
export interface JobWork {
  /** Whether there may be something to do: a job without work is not claimed. */
  readonly isDue: () => Promise<boolean>
  /** Works in batches until the run is over; resolves to whether rows may be left. */
  readonly work: (run: JobRun) => Promise<boolean>
}

/** Whether a run must begin no other batch. */
export function isOver({ deadline, signal }: JobRun): boolean {
  return signal.aborted || performance.now() >= deadline
}

/** The result of one batch. */
export interface Batch {
  /** Changed rows; fewer than allowed if they were the last. */
  readonly rows: number
  /** Milliseconds that it took, without the wait for its turn. */
  readonly took: number
}

/** Changes at most so many rows; `undefined` if this process must not do it now. */
export type BatchOf = (run: JobRun, most: number) => Promise<Batch | undefined>

/** Rows of the first batch, and the bounds of later ones. */
const [FIRST, FEWEST, MOST] = [50, 25, 5000]

/**
 * Works in batches, sized so that each takes the target time, and rests after each for about as
 * long. Works until no rows are left or until the run is over.
 * @returns whether rows may be left.
 */
export function inBatches(
  { batch: target }: Pick<Database, 'batch'>,
  batch: BatchOf,
): (run: JobRun) => Promise<boolean> {
  let size = FIRST
  return async (run) => {
    while (!isOver(run)) {
      const most = size
      // A batch that takes longer than a statement may would fail again and again
      size = FIRST
      const done = await batch(run, most)
      size = most
      if (done === undefined) return false
      run.count(done.rows)
      if (done.rows < most) return false
      const factor = Math.min(Math.max(target / done.took, 0.2), 1.5)
      size = Math.round(Math.min(Math.max(size * factor, FEWEST), MOST))
      await restAfter(run, done, { batch: target })
    }
    return true
  }
}

/** Rests after a batch for about as long as it took. */
export async function restAfter(
  { signal }: JobRun,
  { took }: Batch,
  { batch: target }: Pick<Database, 'batch'>,
): Promise<void> {
  // On a busy machine a slow batch must not cause a longer rest
  const rest = Math.min(took, 2 * target)
  // The end of the service ends the rest
  await sleep(rest, undefined, { signal }).catch(() => undefined)
}

/**
 * Transactions of a job that can't be undone. Each runs only if the clock is trusted and no other
 * process has claimed the job since, and no process can claim it meanwhile; otherwise it returns
 * `undefined`.
 */
export function claimed<M extends Moment>(
  transact: <T>(work: (moment: M) => Promise<T>) => Promise<T>,
): (run: JobRun, work: (moment: M) => Promise<number>) => Promise<Batch | undefined> {
  return async ({ claim }, work) => {
    let began = 0
    const rows = await transact(async (moment) => {
      began = performance.now()
      if (!moment.trusted || !(await keepClaim(moment.db, claim))) return undefined
      return work(moment)
    })
    return rows === undefined ? undefined : { rows, took: performance.now() - began }
  }
}
