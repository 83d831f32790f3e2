import type { FeedRuntime } from './runtime.ts'

/** The service's clock, as this process estimates it. Milliseconds since 1970. */
export interface ServiceClock {
  /** Adds a reading: the service read this time just now. */
  read(time: number): void
  /** The service's time, continued by the monotonic clock; this machine's time before the first reading. */
  now(): number
  /** Whether a jump ahead was read and is not trusted yet. */
  mayBeAhead(): boolean
  /** The service's clock minus this machine's; `undefined` before the first reading. */
  offset(): number | undefined
}

/** A time of the service, and the monotonic time of its reading. */
interface Reading {
  readonly time: number
  readonly at: number
}

/** Milliseconds by which a reading may differ from the expected time without being a jump. */
const SLACK = 1000

/** Milliseconds by which the readings of one jump may differ: delayed heartbeats arrive together. */
const AGREEMENT = 500

/** Readings after which a jump is trusted: its first one and two further ones. */
const ENOUGH = 3

/**
 * Creates a clock that follows the service's clock by monotonic time. A clock that is wrong for a moment must
 * neither make ended tokens valid nor fresh ones expired, so a jump, ahead or back, is trusted only when two
 * further readings in a row agree with it. Between jumps the time never goes back: a delayed heartbeat does
 * not set it back.
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
