import type { Logger } from '../../telemetry/logger.ts'
import type { Database } from '../../database/database.ts'
import type { JobRun, JobWork } from '../../stores/in-batches.ts'
import { addJobs, claimJob, isFree, readJobs, releaseJob } from '../../stores/jobs.ts'
import type { ClaimedJob } from '../../stores/jobs.ts'

/** A job, and how often and how long it runs. */
export interface Job extends JobWork {
  /** The name of its row. */
  readonly name: string
  /** Milliseconds after a run that left nothing. */
  readonly interval: number
  /** Milliseconds of a run; another one follows at once if rows are left. */
  readonly budget: number
  readonly failed: (error: unknown) => void
  readonly worked: () => void
}

/** Runs the jobs that are due and that no other process has claimed. */
export interface JobRunner {
  /** Begins runs; to be called each second. */
  look(): Promise<void>
  /** Ends all runs after their present batch and gives the jobs back. */
  stop(): Promise<void>
}

interface Needs {
  readonly database: Database
  readonly jobs: readonly Job[]
  readonly log: Logger
  /** Machine and number of this process, for people who read the rows. */
  readonly holder: string
}

const TAKEN =
  'another process has taken a job over, because this one stood still for some seconds in the middle of a run'

/** Milliseconds after a failed run, if the interval is not shorter. */
const RETRY = 10_000

/** Milliseconds that a stop waits for runs; a database that does not answer must not hold it up. */
const STOPPING = 5000

/**
 * Creates the runner of a process. A job is claimed in its row for five seconds at a time by the
 * database's clock, so the job of a process that died goes on in another. Two clocks are never
 * compared to keep two processes apart: each batch proves in its transaction that its claim is the
 * newest.
 */
export function createJobRunner({ database, jobs, log, holder }: Needs): JobRunner {
  const stopped = new AbortController()
  const { signal } = stopped
  const running = new Map<string, Promise<void>>()
  const begin = (job: Job): void => {
    const run = runOnce(job).finally(() => running.delete(job.name))
    running.set(job.name, run)
  }
  const runOnce = async (job: Job): Promise<void> => {
    const { name, interval, budget } = job
    try {
      if (!(await job.isDue()) || signal.aborted) return job.worked()
      const claim = await database.dispose(({ db }) => claimJob(db, { name, interval, holder }))
      if (claim === undefined) return
      let changed = 0
      const run: JobRun = {
        claim,
        signal,
        deadline: performance.now() + budget,
        count: (rows) => {
          changed += rows
        },
      }
      const end = (wait: number): Promise<void> => release(claim, { wait, changed })
      const isLeft = await job.work(run).catch(async (error: unknown) => {
        await end(Math.min(interval, RETRY)).catch(() => undefined)
        throw error
      })
      await end(isLeft ? 0 : interval)
      job.worked()
    } catch (error) {
      // Stopping closes the database while a run may still wait for it
      if (!signal.aborted) job.failed(error)
    }
  }
  const release = async (
    claim: ClaimedJob,
    how: { readonly wait: number; readonly changed: number },
  ): Promise<void> => {
    if (!(await database.dispose(({ db }) => releaseJob(db, claim, how)))) {
      log.warn({ job: claim.name }, TAKEN)
    }
  }
  return {
    look: async () => {
      const rows = await database.read(({ db }) => readJobs(db))
      const missing = jobs.filter(({ name }) => !rows.some((row) => row.name === name))
      if (missing.length > 0) {
        const names = missing.map(({ name }) => name)
        await database.transact(({ db }) => addJobs(db, names))
      }
      for (const job of jobs) {
        const row = rows.find(({ name }) => name === job.name)
        const isNext = row === undefined || isFree(row, job.interval)
        if (isNext && !running.has(job.name) && !signal.aborted) begin(job)
      }
    },
    stop: async () => {
      stopped.abort()
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, STOPPING)
      await Promise.race([Promise.all(running.values()), promise])
      clearTimeout(timer)
    },
  }
}
