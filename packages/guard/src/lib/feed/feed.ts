import {
  APPLIED_PATH,
  FEED_VERSION,
  FEED_VERSION_HEADER,
  REVOCATIONS_PATH,
} from '@keyhaven/core/wire'
import type { Revocations } from '../checks/revocations.ts'
import { createAppliedReport } from './applied.ts'
import { createFollower } from './follower.ts'
import { createFreshness } from './freshness.ts'
import { keepConnection } from './keep-connection.ts'
import type { Position } from './message.ts'
import { createNotices } from './notices.ts'
import type { FeedRequest, FeedRuntime } from './runtime.ts'

/** The revocations of a service, pushed to this process. */
export interface Feed {
  /** Whether the copy is young enough to answer requests from it. */
  isFresh(): boolean
  /** Milliseconds since 1970 by the service's clock. It never goes back. */
  now(): number
  state(): FeedState
  /** Resolves when the first snapshot is applied. */
  readonly ready: Promise<void>
  close(): void
}

/** The state of a feed at one moment. */
export interface FeedState {
  /** The position up to which the log is applied. */
  readonly position: Position | undefined
  /** Milliseconds that the copy may be behind. */
  readonly age: number | undefined
  /** Milliseconds that the service’s clock is ahead of this machine’s. */
  readonly offset: number | undefined
  /** Why the service can’t be reached; `undefined` while it can. */
  readonly problem: string | undefined
  /** Connections that failed or broke since the start. */
  readonly failures: number
}

/** The service to follow, the copy to fill, and callbacks. */
export interface FeedOptions {
  /** The URL by which this process reaches the issuer. */
  readonly reach: string
  /** The guard key. */
  readonly key: string
  readonly copy: Revocations
  /** Milliseconds. */
  readonly maxStaleness: () => number
  readonly onKeys: (keys: readonly unknown[]) => void
  readonly onSnapshot: () => void
  readonly log: (line: string) => void
}

/** Follows a service's revocations until it is closed: connects, applies events, notices silence, reconnects. */
export function createFeed(options: FeedOptions, runtime: FeedRuntime): Feed {
  const { reach, key, copy, maxStaleness, onKeys, onSnapshot } = options
  const notice = createNotices(options.log, runtime.monotonic)
  const freshness = createFreshness(runtime)
  const follower = createFollower({ copy, freshness, onKeys, onSnapshot, notice })
  const authorization = `Bearer ${key}`
  const report = createAppliedReport(
    {
      url: reach + APPLIED_PATH,
      headers: { authorization, 'content-type': 'application/json' },
    },
    () => follower.position,
    runtime,
  )
  const request = (): FeedRequest => {
    const position = follower.begin()
    freshness.requested()
    const headers = {
      accept: 'text/event-stream',
      authorization,
      [FEED_VERSION_HEADER]: FEED_VERSION,
      ...(position && { 'last-event-id': `${position.log}:${position.seq}` }),
    }
    return { url: reach + REVOCATIONS_PATH, headers }
  }
  const { promise: ready, resolve: onCurrent } = Promise.withResolvers<void>()
  const connection = keepConnection(
    { reach, follower, freshness, maxStaleness, request, report, onCurrent, notice },
    runtime,
  )
  return {
    isFresh: () => {
      const age = freshness.age()
      return age !== undefined && age <= maxStaleness()
    },
    now: () => freshness.now(),
    state: () => ({
      position: follower.position,
      age: freshness.age(),
      offset: freshness.offset(),
      problem: connection.problem(),
      failures: connection.failures(),
    }),
    ready,
    close: () => connection.close(),
  }
}
