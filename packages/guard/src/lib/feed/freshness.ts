import { createOwnTime } from './own-time.ts'
import { createServiceClock } from './service-clock.ts'
import type { FeedRuntime } from './runtime.ts'

/** How old a copy is, and what time it is at the service. Milliseconds everywhere. */
export interface Freshness {
  /** A connection is asked for: its first time is waited for from now on. */
  asked(): void
  /**
   * An event with the service's time came on this connection, and its form and order are good.
   * @throws Error with a sentence if the service's clock was set: only a new connection shows its age then.
   */
  received(time: number): void
  /**
   * Everything that the service had written when it was `time` there is applied.
   * @throws Error with a sentence if the service's clock was set: only a new connection shows its age then.
   */
  applied(time: number): void
  /** Nothing that was known counts any more. */
  forget(): void
  /** `undefined` before the first snapshot was applied. */
  age(): number | undefined
  /** The service's time, going on by the monotonic clock; it goes back only if heartbeats agree that it does. */
  now(): number
  /** Whether the service's time may be later than `now`: a jump ahead was read that is not followed yet. */
  mayBeLater(): boolean
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
  const own = createOwnTime(runtime)
  let askedAt = own()
  let connection: Anchor | undefined
  let standing: { readonly anchor: Anchor; readonly time: number } | undefined
  const clock = createServiceClock(runtime)

  const ageAt = (anchor: Anchor, time: number): number => own() - anchor.own - (time - anchor.time)
  const checkedAge = (anchor: Anchor, time: number): number => {
    const age = ageAt(anchor, time)
    if (age < -SLACK) throw new Error('the service’s clock was set forward')
    return age
  }

  return {
    asked: () => {
      askedAt = own()
      connection = undefined
    },
    received: (time) => {
      connection ??= { own: askedAt, time }
      // A time that this connection can't go on from is no reading of a clock either
      checkedAge(connection, time)
      clock.read(time)
    },
    applied: (time) => {
      if (connection === undefined) return
      const age = checkedAge(connection, time)
      // A clock that runs faster than ours must not save up for a later silence
      if (age < 0) connection.time -= age
      standing = { anchor: connection, time }
    },
    forget: () => {
      standing = undefined
    },
    age: () => standing && Math.max(0, ageAt(standing.anchor, standing.time)),
    now: () => clock.now(),
    mayBeLater: () => clock.mayBeAhead(),
    offset: () => clock.offset(),
  }
}
