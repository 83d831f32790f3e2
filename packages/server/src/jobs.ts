import { inTurn } from './database/in-turn.ts'
import { expireSessions } from './flows/expire-sessions.ts'
import { followChanges } from './flows/follow-changes.ts'
import { purge } from './flows/purge.ts'
import type { Rooms } from './flows/rooms.ts'

const SECOND = 1000
const MINUTE = 60_000

/** What another process writes counts here within a quarter of a second. */
const FOLLOW = 100

/** Starts what happens by the clock; the answer stops it. */
export function startJobs(rooms: Rooms): () => void {
  const { log } = rooms
  let ring: string | undefined
  let failing = false
  let stopped = false
  const follow = inTurn(async () => {
    try {
      ring = await followChanges(rooms, ring)
      failing = false
    } catch (error) {
      // Ten lines a second would bury the cause, and a stop is none
      if (!failing && !stopped)
        log.error({ err: error }, 'changes of other processes can’t be read; trying again')
      failing = true
    }
  })
  const stops = [
    every(FOLLOW, follow),
    rooms.database.onWake(() => void follow()),
    every(SECOND, () =>
      expireSessions(rooms).catch((error: unknown) =>
        log.error({ err: error }, 'ends of sessions can’t be written; trying again'),
      ),
    ),
    every(MINUTE, () =>
      purge(rooms).catch((error: unknown) =>
        log.error({ err: error }, 'purge failed; it runs again'),
      ),
    ),
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
