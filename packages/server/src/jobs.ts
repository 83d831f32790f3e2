import type { Logger } from 'pino'
import { purge } from './flows/purge.ts'
import type { Rooms } from './flows/rooms.ts'

const MINUTE = 60_000

/** Starts what happens by the clock; the answer stops it. */
export function startJobs(rooms: Rooms, log: Logger): () => void {
  const timer = setInterval(() => {
    purge(rooms).catch((error: unknown) => log.error({ err: error }, 'purge failed; it runs again'))
  }, MINUTE)
  timer.unref()
  return () => clearInterval(timer)
}
