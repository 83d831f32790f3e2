import { hostname } from 'node:os'
import { createExpiry } from './flows/sessions/expire.ts'
import { createAuditKeeper } from './flows/audit/keep.ts'
import { createSealing } from './flows/audit/seal.ts'
import { createErasing } from './flows/personal-data/erasing.ts'
import { createJobRunner } from './flows/startup/job-runner.ts'
import type { Job } from './flows/startup/job-runner.ts'
import { createPurge } from './flows/startup/purge.ts'
import { createTimeKeeper } from './flows/startup/time-keeper.ts'
import type { Context } from './flows/context.ts'
import { createClockWatch } from './flows/startup/watch-clock.ts'
import { createReportWriter } from './flows/guards/write-reports.ts'
import { createFailureLog } from './telemetry/failure-log.ts'
import type { FailureLog } from './telemetry/failure-log.ts'

const SECOND = 1000

/**
 * Milliseconds between two reads of the log, and between two deliveries of events, so that writes of
 * other processes take effect within 250 ms.
 */
const FOLLOW = 100

/**
 * Milliseconds between two reads caused by notifications: if many processes write, one read serves
 * several.
 */
const WOKEN = 25

/** Milliseconds between two looks for mails: a user waits for most of them. */
const LOOK_FOR_MAIL = 250

/** Milliseconds of a run; another one follows if rows are left. */
const BUDGET = 20_000

/** An interval: each look, once a second, may begin a run. */
const AT_ONCE = 0

/** What one process at a time does for all of them, one row each in the table `jobs`. */
function jobsOf(context: Context, log: Logged): readonly Job[] {
  return [
    {
      name: 'expire',
      interval: AT_ONCE,
      budget: BUDGET,
      ...createExpiry(context),
      ...log('ends of sessions can’t be written; trying again'),
    },
    {
      name: 'seal',
      interval: AT_ONCE,
      budget: BUDGET,
      ...createSealing(context),
      ...log('the audit log can’t be sealed; trying again'),
    },
    {
      name: 'erase',
      interval: AT_ONCE,
      budget: BUDGET,
      ...createErasing(context),
      ...log('accounts can’t be erased; trying again'),
    },
    {
      name: 'purge',
      interval: 60 * SECOND,
      budget: BUDGET,
      ...createPurge(context),
      ...log('purge failed; it runs again'),
    },
  ]
}

type Logged = (message: string) => FailureLog

/**
 * Starts periodic work: jobs that one process at a time does, and what every process does for
 * itself.
 * @returns a function that stops it.
 */
export function startJobs(context: Context): () => Promise<void> {
  const {
    database,
    revocations,
    tools: { log, outbox, mail },
  } = context
  let stopped = false
  const logOf: Logged = (message) => createFailureLog(log, message)
  /** Work continues after a failure, because the database may be back at its next run. */
  const logged = (work: () => Promise<unknown>, message: string) => {
    const { failed, worked } = logOf(message)
    return async (): Promise<void> => {
      try {
        await work()
        worked()
      } catch (error) {
        // Stopping closes the database while work may still wait for it
        if (!stopped) failed(error)
      }
    }
  }
  const runner = createJobRunner({
    database,
    jobs: jobsOf(context, logOf),
    log,
    holder: `${hostname()} ${process.pid}`,
  })
  const follow = logged(revocations.follow, 'the log of revocations can’t be read; trying again')
  const stops = [
    every(
      SECOND,
      logged(() => runner.look(), 'jobs can’t be read; trying again'),
    ),
    // Each process has a copy of the revocations of its own
    every(FOLLOW, follow),
    database.onWake(spaced(WOKEN, follow)),
    // Processes share the deliveries: each claims rows that no other has claimed
    every(
      FOLLOW,
      logged(() => outbox.deliver(), 'the outbox can’t be read; trying again'),
    ),
    // Each process sends mails that no other has claimed
    every(
      LOOK_FOR_MAIL,
      logged(async () => mail.queue?.look(), 'the queue of mails can’t be read; trying again'),
    ),
    // It keeps entries that the database has not purged or may not purge yet
    every(SECOND, async () => revocations.copy.drop(database.time.kept ?? 0)),
    // Guards are connected to one process, which alone knows what they report
    every(
      SECOND,
      logged(createReportWriter(context), 'what guards report can’t be written; trying again'),
    ),
    // Each installation compares the end of the audit log with the mark in its own data folder
    every(SECOND, logged(createAuditKeeper(context), 'the audit log can’t be read; trying again')),
    // Each process has a belief of its own about the time, and must know what others have stored
    every(SECOND, logged(createClockWatch(context), 'the time can’t be set back; trying again')),
    every(SECOND, logged(createTimeKeeper(context), 'the time can’t be stored; trying again')),
  ]
  return async () => {
    stopped = true
    stops.forEach((stop) => stop())
    await runner.stop()
    await mail.queue?.close()
  }
}

/** Runs work repeatedly, never twice at a time. */
function every(milliseconds: number, work: () => Promise<void>): () => void {
  let stopped = false
  const run = async (): Promise<void> => {
    if (stopped) return
    await work()
    if (!stopped) timer = setTimeout(() => void run(), milliseconds).unref()
  }
  let timer = setTimeout(() => void run(), milliseconds).unref()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

/** Runs work at once; further calls within the interval cause one more run at its end. */
function spaced(milliseconds: number, work: () => Promise<void>): () => void {
  let last = -Infinity
  let timer: NodeJS.Timeout | undefined
  const run = (): void => {
    timer = undefined
    last = performance.now()
    void work()
  }
  return () => {
    if (timer !== undefined) return
    const wait = last + milliseconds - performance.now()
    if (wait <= 0) run()
    else timer = setTimeout(run, wait).unref()
  }
}
