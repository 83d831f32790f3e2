import { createOwnTime } from './own-time.ts'
import { createServiceClock } from './service-clock.ts'
import type { FeedRuntime } from './runtime.ts'

/** The age of a copy, and the time by the service's clock. Milliseconds everywhere. */
export interface Freshness {
  /** A connection was requested: the age of its first time counts from now. */
  requested(): void
  /**
   * A valid event with the service's time was received on this connection.
   * @throws Error with a sentence if the service's clock was set: then only a new connection shows the age.
   */
  received(time: number): void
  /**
   * Everything that the service had written at `time`, by its clock, is applied.
   * @throws Error with a sentence if the service's clock was set: then only a new connection shows the age.
   */
  applied(time: number): void
  /** Drops the known age: the copy is not complete any more. */
  forget(): void
  /** `undefined` before the first snapshot was applied. */
  age(): number | undefined
  /** The service's time, continued by the monotonic clock. It goes back only if several heartbeats agree. */
  now(): number
  /** Whether the service's time may be later than `now`: a jump ahead was read and is not trusted yet. */
  mayBeLater(): boolean
  /** The service's clock minus this machine's; `undefined` before a time was received. */
  offset(): number | undefined
}

/** The first event of a connection that had a time. */
interface Anchor {
  /** Own time when the connection was requested: the service read its time after that. */
  readonly own: number
  time: number
}

/** Milliseconds that the service's clock may gain between two events without having been set. */
const SLACK = 1000

/** Creates the age of one copy, which is unknown until a connection has been read. */
export function createFreshness(runtime: FeedRuntime): Freshness {
  const own = createOwnTime(runtime)
  let requestedAt = own()
  let connection: Anchor | undefined
  let latest: { readonly anchor: Anchor; readonly time: number } | undefined
  const clock = createServiceClock(runtime)

  const ageAt = (anchor: Anchor, time: number): number => own() - anchor.own - (time - anchor.time)
  const checkedAge = (anchor: Anchor, time: number): number => {
    const age = ageAt(anchor, time)
    if (age < -SLACK) throw new Error('the service’s clock was set forward')
    return age
  }

  return {
    requested: () => {
      requestedAt = own()
      connection = undefined
    },
    received: (time) => {
      connection ??= { own: requestedAt, time }
      // Throws before the clock reads a time that contradicts this connection
      checkedAge(connection, time)
      clock.read(time)
    },
    applied: (time) => {
      if (connection === undefined) return
      const age = checkedAge(connection, time)
      // The time that a faster clock gains must not hide a later silence
      if (age < 0) connection.time -= age
      latest = { anchor: connection, time }
    },
    forget: () => {
      latest = undefined
    },
    age: () => latest && Math.max(0, ageAt(latest.anchor, latest.time)),
    now: () => clock.now(),
    mayBeLater: () => clock.mayBeAhead(),
    offset: () => clock.offset(),
  }
}
