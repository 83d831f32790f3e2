import { createExpiry } from './flows/expire-sessions.ts'
import { createAuditKeeper } from './flows/keep-audit.ts'
import { createMaintenance } from './flows/maintain.ts'
import type { Rooms } from './flows/rooms.ts'
import { createClockWatch } from './flows/watch-clock.ts'
import { createReportWriter } from './flows/write-reports.ts'

const SECOND = 1000

/** What another process writes counts here within a quarter of a second. */
const FOLLOW = 100

/** Where many processes write at once, one read is for all that they tell meanwhile. */
const WOKEN = 25

/** Starts what happens by the clock; the answer stops it. */
export function startJobs(rooms: Rooms): () => void {
  const { log } = rooms
  const told = (words: string) => (error: unknown) => log.error({ err: error }, words)
  const writeReports = createReportWriter(rooms)
  const keepAudit = createAuditKeeper(rooms)
  const expire = createExpiry(rooms)
  const maintain = createMaintenance(rooms)
  const watchClock = createClockWatch(rooms)
  let failing = false
  let stopped = false
  const follow = async (): Promise<void> => {
    try {
      await rooms.follow()
      failing = false
    } catch (error) {
      // Ten lines a second would bury the cause, and a stop is none
      if (!failing && !stopped) told('the log of revocations can’t be read; trying again')(error)
      failing = true
    }
  }
  const stops = [
    every(FOLLOW, follow),
    rooms.database.onWake(spaced(WOKEN, follow)),
    every(SECOND, () => expire().catch(told('ends of sessions can’t be written; trying again'))),
    every(SECOND, () =>
      writeReports().catch(told('what guards report can’t be written; trying again')),
    ),
    every(SECOND, () => keepAudit().catch(told('the audit log can’t be sealed; trying again'))),
    every(SECOND, () => watchClock().catch(told('the time can’t be set back; trying again'))),
    // What the database has not dropped, or might not drop yet, stays in the copy too
    every(SECOND, async () => rooms.revocations.drop(rooms.database.time.kept ?? 0)),
    every(SECOND, () => maintain().catch(told('purge failed; it runs again'))),
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
