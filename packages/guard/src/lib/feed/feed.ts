import { FEED_VERSION, FEED_VERSION_HEADER } from '@keyhaven/core/wire'
import type { Revocations } from '../checks/revocations.ts'
import { createAppliedReport } from './applied.ts'
import { createBackoff } from './backoff.ts'
import { openConnection } from './connection.ts'
import { createFollower } from './follower.ts'
import { createFreshness } from './freshness.ts'
import type { Message, Position } from './message.ts'
import { createNotices } from './notices.ts'
import type { FeedRuntime, Stop } from './runtime.ts'

/** The revocations of a service, pushed to this process. */
export interface Feed {
  /** Whether the copy is young enough to be answered from. */
  isFresh(): boolean
  /** Milliseconds since 1970 at the service, never going back. */
  now(): number
  state(): FeedState
  /** Resolves when the first snapshot is applied. */
  readonly ready: Promise<void>
  close(): void
}

export interface FeedState {
  readonly position: Position | undefined
  /** Milliseconds that the copy may be behind. */
  readonly age: number | undefined
  /** Milliseconds that the service’s clock is ahead of this machine’s. */
  readonly offset: number | undefined
  /** Why the service can’t be heard, where that is so. */
  readonly problem: string | undefined
  /** Connections that failed or broke since the start. */
  readonly failures: number
}

export interface FeedOptions {
  /** Where the issuer is reached. */
  readonly reach: string
  readonly key: string
  readonly copy: Revocations
  /** Milliseconds. */
  readonly maxStaleness: () => number
  readonly onKeys: (keys: readonly unknown[]) => void
  readonly onSnapshot: () => void
  readonly log: (line: string) => void
}

/** Milliseconds between two looks at the clocks. */
const TICK = 500

/** One connection, since it was asked for. */
interface Attempt {
  stop: Stop
  /** When it last told something new. */
  progress: number
  /** When it first proved that the copy is current. */
  current: number | undefined
}

/** Listens until it is closed: connects, applies, notices silence, connects again. */
export function createFeed(options: FeedOptions, runtime: FeedRuntime): Feed {
  const { reach, key, copy, maxStaleness, onKeys, onSnapshot } = options
  const { monotonic, after } = runtime
  const say = createNotices(options.log, monotonic)
  const freshness = createFreshness(runtime)
  const follower = createFollower({ copy, freshness, onKeys, onSnapshot, say })
  const nextWait = createBackoff(runtime.random, maxStaleness)
  const authorization = `Bearer ${key}`
  const report = createAppliedReport(
    {
      url: `${reach}/revocations/applied`,
      headers: { authorization, 'content-type': 'application/json' },
    },
    () => follower.position,
    runtime,
  )
  let problem: string | undefined
  let failures = 0
  let stopWaiting: Stop = () => {}
  let attempt: Attempt | undefined
  let becomeReady = (): void => {}
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve
  })

  const isFresh = (): boolean => {
    const age = freshness.age()
    return age !== undefined && age <= maxStaleness()
  }
  const broken = (sentence: string, wait = 0): void => {
    const good = attempt?.current === undefined ? 0 : monotonic() - attempt.current
    attempt = undefined
    failures += 1
    problem = sentence
    say(`can’t hear revocations from ${reach}: ${sentence}; trying again`)
    stopWaiting = after(Math.max(wait, nextWait(good)), connect)
  }
  const message = (one: Message): void => {
    if (!follower.hear(one) || attempt === undefined) return
    attempt.progress = monotonic()
    if (follower.isCurrent && attempt.current === undefined) {
      attempt.current = monotonic()
      if (problem !== undefined) say(`hears revocations from ${reach} again`)
      problem = undefined
      becomeReady()
    }
    report()
  }
  const connect = (): void => {
    const position = follower.begin()
    freshness.asked()
    const headers = {
      accept: 'text/event-stream',
      authorization,
      [FEED_VERSION_HEADER]: FEED_VERSION,
      ...(position && { 'last-event-id': `${position.log}:${position.seq}` }),
    }
    const begun: Attempt = { stop: () => {}, progress: monotonic(), current: undefined }
    attempt = begun
    begun.stop = openConnection(
      { url: `${reach}/revocations`, headers },
      { message, broken },
      runtime,
    )
  }
  /** A connection that is silent, or whose signs of life come ever later, is given up for another. */
  const look = (): void => {
    if (attempt !== undefined) {
      const silent = monotonic() - attempt.progress
      const limit = Math.min(Math.max(maxStaleness() / 3, 2500), 15_000)
      const late = attempt.current !== undefined && (freshness.age() ?? 0) > maxStaleness() / 2
      if (silent > limit || late) {
        attempt.stop()
        broken(
          silent > limit ? `says nothing for ${Math.round(limit / 1000)} s` : 'is heard too late',
        )
      }
    }
    report()
    stopLooking = after(TICK, look)
  }
  let stopLooking = after(TICK, look)
  connect()
  return {
    isFresh,
    now: () => freshness.now(),
    state: () => ({
      position: follower.position,
      age: freshness.age(),
      offset: freshness.offset(),
      problem,
      failures,
    }),
    ready,
    close: () => {
      stopLooking()
      stopWaiting()
      attempt?.stop()
      attempt = undefined
    },
  }
}
