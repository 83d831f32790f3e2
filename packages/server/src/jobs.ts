import { createExpiry } from './flows/sessions/expire.ts'
import { createAuditKeeper } from './flows/audit/keep.ts'
import { createMaintenance } from './flows/startup/maintain.ts'
import type { Context } from './flows/context.ts'
import { createClockWatch } from './flows/startup/watch-clock.ts'
import { createReportWriter } from './flows/guards/write-reports.ts'
import { createFailureLog } from './telemetry/failure-log.ts'

const SECOND = 1000

/** What another process writes counts here within a quarter of a second. */
const FOLLOW = 100

/** Where many processes write at once, one read is for all that they tell meanwhile. */
const WOKEN = 25

/** Starts what happens by the clock; the answer stops it. */
export function startJobs(context: Context): () => void {
  const writeReports = createReportWriter(context)
  const keepAudit = createAuditKeeper(context)
  const expire = createExpiry(context)
  const maintain = createMaintenance(context)
  const watchClock = createClockWatch(context)
  let stopped = false
  /** A job goes on after a failure: its database may be back the next time. */
  const logged = (job: () => Promise<unknown>, message: string) => {
    const { failed, worked } = createFailureLog(context.tools.log, message)
    return async (): Promise<void> => {
      try {
        await job()
        worked()
      } catch (error) {
        // A stop closes the database under what still runs
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
    every(SECOND, logged(expire, 'ends of sessions can’t be written; trying again')),
    every(SECOND, logged(writeReports, 'what guards report can’t be written; trying again')),
    every(SECOND, logged(keepAudit, 'the audit log can’t be sealed; trying again')),
    every(SECOND, logged(watchClock, 'the time can’t be set back; trying again')),
    // What the database has not dropped, or might not drop yet, stays in the copy too
    every(SECOND, async () => context.revocations.copy.drop(context.database.time.kept ?? 0)),
    every(SECOND, logged(maintain, 'purge failed; it runs again')),
  ]
  return () => {
    stopped = true
    stops.forEach((stop) => stop())
  }
}

/** Runs work again and again, never two at once. */
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

/** Runs work when it is called, and for all calls within the time after that once more at its end. */
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
