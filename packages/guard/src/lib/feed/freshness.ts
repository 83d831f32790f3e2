import { createOwnTime } from './own-time.ts'
import type { FeedRuntime } from './runtime.ts'

/** How old a copy is, and what time it is at the service. Milliseconds everywhere. */
export interface Freshness {
  /** A connection is asked for: its first time is waited for from now on. */
  asked(): void
  /** An event with the service's time came on this connection. */
  told(time: number): void
  /**
   * Everything that the service had written when it was `time` there is applied.
   * @throws Error with a sentence where the service's clock was set: only a new connection tells then.
   */
  applied(time: number): void
  /** Nothing that was known counts any more. */
  forget(): void
  /** `undefined` before the first snapshot was applied. */
  age(): number | undefined
  /** The service's time, going on by the monotonic clock; it never goes back. */
  now(): number
  /** The service's clock less this machine's; `undefined` before it told any time. */
  offset(): number | undefined
}

/** The first event of a connection that told a time. */
interface Anchor {
  /** Own time when it came, less the wait for it: the service read its time after that. */
  readonly own: number
  time: number
}

/** How far the service's clock may gain on ours between two events without having been set. */
const SLACK = 1000

export function createFreshness(runtime: FeedRuntime): Freshness {
  const { monotonic, wall } = runtime
  const own = createOwnTime(runtime)
  let askedAt = own()
  let connection: Anchor | undefined
  let standing: { readonly anchor: Anchor; readonly time: number } | undefined
  let service: { readonly time: number; readonly at: number } | undefined
  let latest = -Infinity

  const ageAt = (anchor: Anchor, time: number): number => own() - anchor.own - (time - anchor.time)

  return {
    asked: () => {
      askedAt = own()
      connection = undefined
    },
    told: (time) => {
      service = { time, at: monotonic() }
      connection ??= { own: askedAt, time }
    },
    applied: (time) => {
      if (connection === undefined) return
      const age = ageAt(connection, time)
      if (age < -SLACK) throw new Error('the service’s clock was set forward')
      // A clock that runs faster than ours must not save up for a later silence
      if (age < 0) connection.time -= age
      standing = { anchor: connection, time }
    },
    forget: () => {
      standing = undefined
    },
    age: () => standing && Math.max(0, ageAt(standing.anchor, standing.time)),
    now: () => {
      if (service === undefined) return wall()
      latest = Math.max(latest, service.time + monotonic() - service.at)
      return latest
    },
    offset: () => service && service.time + monotonic() - service.at - wall(),
  }
}
