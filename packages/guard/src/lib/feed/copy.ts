import { createFeed } from './feed.ts'
import { nodeRuntime } from './node-runtime.ts'
import type { FeedRuntime } from './runtime.ts'
import type { Issuer } from '../issuer/issuer.ts'
import { createRevocations } from '../checks/revocations.ts'
import type { Revocations } from '../checks/revocations.ts'

/** The options of a guard about revocations. */
export interface CopyOptions {
  readonly issuer: string
  readonly feedKey?: string | undefined
  readonly maxStaleness?: number | undefined
  readonly onStale?: 'refuse' | 'allow' | undefined
  readonly revocations?: 'off' | undefined
}

/** The revocations in this process, and their age. Times are seconds. */
export interface KeptCopy {
  readonly revocations: Revocations
  /** Whether requests may be answered from it. */
  readonly mayAnswer: () => boolean
  readonly onSnapshot: (listener: () => void) => void
  /** Integer seconds since 1970, by the service's clock if a feed is connected. */
  readonly now: () => number
  readonly ready: Promise<void>
  state(): CopyState
  /** The greatest delay of a revocation, as a log line for the people who run the API. */
  worstCase(): string
  close(): void
}

/** The state of a copy at one moment, as `GuardState` has it. */
export interface CopyState {
  readonly fresh: boolean
  readonly age: number | undefined
  readonly log: string | undefined
  readonly seq: number
  readonly clockOffset: number | undefined
  readonly failures: number
  readonly problem: string | undefined
}

/** Seconds, if neither the options nor the issuer's metadata have a value. */
const MAX_STALENESS = 60

/** The issuer of a copy, and a log. */
export interface CopySurroundings {
  readonly reach: string
  readonly source: Pick<Issuer, 'accessTtl' | 'maxStaleness' | 'takeKeys'>
  readonly log: (line: string) => void
}

/** Keeps a copy current by the feed; without a feed key it stays empty. */
export function keepCopy(
  options: CopyOptions,
  { reach, source, log }: CopySurroundings,
  runtime: FeedRuntime = nodeRuntime,
): KeptCopy {
  const { issuer, feedKey: key, onStale = 'refuse' } = options
  const copy = createRevocations()
  if (key === undefined) return emptyCopy(copy, () => worstCaseWithout(issuer, source.accessTtl()))
  const maxStaleness = (): number => options.maxStaleness ?? source.maxStaleness() ?? MAX_STALENESS
  let notifySnapshot = (): void => {}
  const feed = createFeed(
    {
      reach,
      key,
      copy,
      maxStaleness: () => maxStaleness() * 1000,
      onKeys: source.takeKeys,
      onSnapshot: () => notifySnapshot(),
      log,
    },
    runtime,
  )
  return {
    revocations: copy,
    mayAnswer: onStale === 'allow' ? () => feed.state().age !== undefined : () => feed.isFresh(),
    onSnapshot: (listener) => {
      notifySnapshot = listener
    },
    now: () => Math.floor(feed.now() / 1000),
    ready: feed.ready,
    state: () => {
      const { position, age, offset, problem, failures } = feed.state()
      return {
        fresh: feed.isFresh(),
        age: age && age / 1000,
        log: position?.log,
        seq: position?.seq ?? 0,
        clockOffset: offset && offset / 1000,
        failures,
        problem,
      }
    },
    worstCase: () => worstCaseWith(issuer, maxStaleness(), onStale),
    close: () => feed.close(),
  }
}

function emptyCopy(revocations: Revocations, worstCase: () => string): KeptCopy {
  return {
    revocations,
    mayAnswer: () => true,
    onSnapshot: () => {},
    now: () => Math.floor(Date.now() / 1000),
    ready: Promise.resolve(),
    state: () => ({
      fresh: true,
      age: undefined,
      log: undefined,
      seq: 0,
      clockOffset: undefined,
      failures: 0,
      problem: undefined,
    }),
    worstCase,
    close: () => {},
  }
}

function worstCaseWith(issuer: string, seconds: number, onStale: 'refuse' | 'allow'): string {
  const message = `verifies tokens with the keys of ${issuer}; a revocation takes effect here within milliseconds`
  return onStale === 'refuse'
    ? `${message}; after ${seconds} s without a heartbeat of the service (maxStaleness) requests get 503 revocations_stale`
    : `${message} while the service is connected. onStale: "allow" is set: after ${seconds} s without a heartbeat revoked tokens PASS until they expire or the guard is connected again`
}

function worstCaseWithout(issuer: string, accessTtl: number | undefined): string {
  const life = accessTtl === undefined ? '' : `${accessTtl} s, `
  return `verifies tokens with the keys of ${issuer}; without a feedKey a revoked token is valid here until it expires (at most ${life}accessTtl of the service)`
}
