import { createExpiry } from './flows/sessions/expire.ts'
import { createAuditKeeper } from './flows/audit/keep.ts'
import { createMaintenance } from './flows/startup/maintain.ts'
import type { Context } from './flows/context.ts'
import { createClockWatch } from './flows/startup/watch-clock.ts'
import { createReportWriter } from './flows/guards/write-reports.ts'
import { createFailureLog } from './telemetry/failure-log.ts'

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

/** Starts periodic work. @returns a function that stops it. */
export function startJobs(context: Context): () => void {
  const writeReports = createReportWriter(context)
  const keepAudit = createAuditKeeper(context)
  const expire = createExpiry(context)
  const maintain = createMaintenance(context)
  const watchClock = createClockWatch(context)
  let stopped = false
  /** A job continues after a failure, because the database may be back at its next run. */
  const logged = (job: () => Promise<unknown>, message: string) => {
    const { failed, worked } = createFailureLog(context.tools.log, message)
    return async (): Promise<void> => {
      try {
        await job()
        worked()
      } catch (error) {
        // Stopping closes the database while a job may still run
        if (!stopped) failed(error)
      }
    }
  }
  const follow = logged(
    context.revocations.follow,
    'the log of revocations can’t be read; trying again',
  )
  const stops = [
    every(FOLLOW, follow),
    context.database.onWake(spaced(WOKEN, follow)),
    every(
      FOLLOW,
      logged(() => context.tools.outbox.deliver(), 'the outbox can’t be read; trying again'),
    ),
    every(SECOND, logged(expire, 'ends of sessions can’t be written; trying again')),
    every(SECOND, logged(writeReports, 'what guards report can’t be written; trying again')),
    every(SECOND, logged(keepAudit, 'the audit log can’t be sealed; trying again')),
    every(SECOND, logged(watchClock, 'the time can’t be set back; trying again')),
    // The copy keeps entries that the database has not purged or may not purge yet
    every(SECOND, async () => context.revocations.copy.drop(context.database.time.kept ?? 0)),
    every(SECOND, logged(maintain, 'purge failed; it runs again')),
  ]
  return () => {
    stopped = true
    stops.forEach((stop) => stop())
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
