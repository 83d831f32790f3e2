import type { FeedRuntime } from './runtime.ts'

/** The service's clock as far as this process knows it. Milliseconds since 1970. */
export interface ServiceClock {
  /** The service read this time just now. */
  read(time: number): void
  /** Goes on by the monotonic clock; this machine's own time before any was read. */
  now(): number
  /** Whether a jump ahead was read that is not followed yet. */
  mayBeAhead(): boolean
  /** The service's clock less this machine's; `undefined` before any time was read. */
  offset(): number | undefined
}

/** A time that was read, and when that was. */
interface Reading {
  readonly time: number
  readonly at: number
}

/** How far a reading may be from what the monotonic clock expects without being a jump. */
const SLACK = 1000

/** How far the readings of one jump may be from each other: heartbeats that waited come at once. */
const AGREEMENT = 500

/** Readings that make a jump believed: the first of it and two further ones. */
const ENOUGH = 3

/**
 * Follows the service's clock by monotonic time. A clock that is wrong for a moment must neither revive
 * what has ended nor end what is fresh, so a jump is followed, ahead or back, only when two further readings
 * in a row agree with it. Between jumps the time never goes back: a late heartbeat is no earlier hour.
 */
export function createServiceClock({
  monotonic,
  wall,
}: Pick<FeedRuntime, 'monotonic' | 'wall'>): ServiceClock {
  let base: Reading | undefined
  let latest = -Infinity
  let jump: Reading | undefined
  let agreed = 0

  const after = ({ time, at }: Reading): number => time + monotonic() - at
  const follow = (reading: Reading): void => {
    base = reading
    jump = undefined
  }
  const doubt = (reading: Reading): void => {
    const agrees = jump !== undefined && Math.abs(reading.time - after(jump)) <= AGREEMENT
    agreed = agrees ? agreed + 1 : 1
    if (!agrees) jump = reading
    if (agreed < ENOUGH) return
    latest = -Infinity
    follow(reading)
  }
  return {
    read: (time) => {
      const reading = { time, at: monotonic() }
      const isJump = base !== undefined && Math.abs(time - after(base)) > SLACK
      if (isJump) doubt(reading)
      else follow(reading)
    },
    now: () => {
      if (base === undefined) return wall()
      latest = Math.max(latest, after(base))
      return latest
    },
    mayBeAhead: () => base !== undefined && jump !== undefined && after(jump) > after(base),
    offset: () => base && after(base) - wall(),
  }
}
