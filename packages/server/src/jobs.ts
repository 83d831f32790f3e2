import { expireSessions } from './flows/expire-sessions.ts'
import { createAuditKeeper } from './flows/keep-audit.ts'
import { purge } from './flows/purge.ts'
import type { Rooms } from './flows/rooms.ts'
import { createReportWriter } from './flows/write-reports.ts'

const SECOND = 1000
const MINUTE = 60_000

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
    every(SECOND, () =>
      expireSessions(rooms).catch(told('ends of sessions can’t be written; trying again')),
    ),
    every(SECOND, () =>
      writeReports().catch(told('what guards report can’t be written; trying again')),
    ),
    every(SECOND, () => keepAudit().catch(told('the audit log can’t be sealed; trying again'))),
    every(SECOND, async () => rooms.revocations.drop(rooms.clock.now())),
    // Soon after the start too: a process that never lives for a minute purges all the same
    every(MINUTE, () => purge(rooms).catch(told('purge failed; it runs again')), SECOND),
  ]
  return () => {
    stopped = true
    stops.forEach((stop) => stop())
  }
}

/** Runs work again and again, never two at once. `first` is the wait before the first time. */
function every(milliseconds: number, work: () => Promise<void>, first = milliseconds): () => void {
  let stopped = false
  const run = async (): Promise<void> => {
    if (stopped) return
    await work()
    if (!stopped) timer = setTimeout(() => void run(), milliseconds).unref()
  }
  let timer = setTimeout(() => void run(), first).unref()
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
