import { createBackoff } from './backoff.ts'
import { openConnection } from './connection.ts'
import type { Follower } from './follower.ts'
import type { Freshness } from './freshness.ts'
import type { Message } from './message.ts'
import type { FeedRequest, FeedRuntime, Stop } from './runtime.ts'

/** A connection to the feed that is opened again whenever it fails. */
export interface KeptConnection {
  /** Why the service can't be reached; `undefined` while it can. */
  problem(): string | undefined
  /** Connections that failed or broke since the start. */
  failures(): number
  close(): void
}

/** The parts of a feed that a connection needs. */
export interface ConnectionOptions {
  /** The URL of the service, for the log. */
  readonly reach: string
  readonly follower: Follower
  readonly freshness: Freshness
  /** Milliseconds. */
  readonly maxStaleness: () => number
  /** Prepares the request of a new connection. */
  readonly request: () => FeedRequest
  /** Reports the applied position to the service, if it changed. */
  readonly report: () => void
  /** A connection has shown that the copy is current. */
  readonly onCurrent: () => void
  /** Logs a sentence for the people who run the API. */
  readonly notice: (sentence: string) => void
}

/** Milliseconds between two checks of the clocks. */
const TICK = 500

/** One connection, from its request on. Times are milliseconds of the monotonic clock. */
interface Attempt {
  stop: Stop
  /** When its last message brought the copy nearer to the log. */
  progress: number
  /** When it first showed that the copy is current. */
  current: number | undefined
}

/** Connects, and reconnects after a failure, a silence or late events, until it is closed. */
export function keepConnection(options: ConnectionOptions, runtime: FeedRuntime): KeptConnection {
  const { reach, follower, freshness, maxStaleness, report, notice } = options
  const { monotonic, after } = runtime
  const nextWait = createBackoff(runtime.random, maxStaleness)
  let problem: string | undefined
  let failures = 0
  let stopWaiting: Stop = () => {}
  let attempt: Attempt | undefined

  const broken = (sentence: string, wait = 0): void => {
    const good = attempt?.current === undefined ? 0 : monotonic() - attempt.current
    attempt = undefined
    failures += 1
    problem = sentence
    notice(`can’t receive revocations from ${reach}: ${sentence}; trying again`)
    stopWaiting = after(Math.max(wait, nextWait(good)), connect)
  }
  const message = (one: Message): void => {
    if (!follower.receive(one) || attempt === undefined) return
    attempt.progress = monotonic()
    if (follower.isCurrent && attempt.current === undefined) {
      attempt.current = monotonic()
      if (problem !== undefined) notice(`receives revocations from ${reach} again`)
      problem = undefined
      options.onCurrent()
    }
    report()
  }
  const connect = (): void => {
    const request = options.request()
    const begun: Attempt = { stop: () => {}, progress: monotonic(), current: undefined }
    attempt = begun
    begun.stop = openConnection(request, { message, broken }, runtime)
  }
  /** Replaces a connection that is silent, or whose events arrive too late. */
  const look = (): void => {
    if (attempt !== undefined) {
      const silent = monotonic() - attempt.progress
      const limit = Math.min(Math.max(maxStaleness() / 3, 2500), 15_000)
      const late = attempt.current !== undefined && (freshness.age() ?? 0) > maxStaleness() / 2
      if (silent > limit || late) {
        attempt.stop()
        broken(
          silent > limit
            ? `sent nothing for ${Math.round(limit / 1000)} s`
            : 'its events arrive too late',
        )
      }
    }
    report()
    stopLooking = after(TICK, look)
  }
  let stopLooking = after(TICK, look)
  connect()
  return {
    problem: () => problem,
    failures: () => failures,
    close: () => {
      stopLooking()
      stopWaiting()
      attempt?.stop()
      attempt = undefined
    },
  }
}
