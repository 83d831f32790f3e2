import {
  clockWaits,
  initialBelief,
  isTrusted,
  lineSetBack,
  nextBelief,
  serve,
  timeAt,
  trust,
} from './clock-belief.ts'
import type { ClockBelief, ClockWaits } from './clock-belief.ts'

/** The time that flows use, and whether it may decide what can't be undone. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly now: number
  /**
   * Whether readings have agreed for long enough. Purging, ending sessions by time and dropping keys
   * require it; what can be undone does not.
   */
  readonly trusted: boolean
}

/** The state of the clock, for operators. */
export interface ClockState {
  readonly trusted: boolean
  /** Milliseconds by which the last reading was ahead of the trusted time, negative if behind; 0 while trusted. */
  readonly ahead: number
  /** Whether no reading has been trusted since the process started. */
  readonly starting: boolean
}

/**
 * The database's time as one process accepts it. A single reading never decides: each is compared with
 * the newest trusted time plus the monotonic time since then.
 */
export interface TrustedClock {
  /** Judges a reading of the database's clock that may be `late` by as many milliseconds. */
  take(reading: number, late?: number): Reading
  /** The time between two readings; NaN before the first. */
  now(): number
  state(): ClockState
  /** The newest trusted time that the database stores. Everything that was purged had ended before it. */
  readonly kept: number | undefined
  /** Notes the trusted time that the database stores now. */
  keep(time: number): void
  /** The time of a clock that was set back, once readings have agreed on it for long enough. */
  readonly back: number | undefined
  /** Trusts that time from now on. */
  goBack(): void
}

/** `kept` is the newest trusted time that the database stores; without one the first reading is trusted. */
export function createTrustedClock(
  kept: number | undefined,
  monotonic: () => number = () => performance.now(),
  waits: ClockWaits = clockWaits,
): TrustedClock {
  let belief: ClockBelief | undefined =
    kept === undefined ? undefined : initialBelief({ time: kept, at: monotonic() })
  let ahead = 0
  /** Hands out a time, never one before the last. */
  const advance = (current: ClockBelief, time: number): number => {
    const latest = Math.max(current.latest, Math.floor(time))
    belief = { ...current, latest }
    return latest
  }
  const setBack = () => (belief === undefined ? undefined : lineSetBack(belief, waits))
  return {
    take: (reading, late = 0) => {
      const read = { time: reading, at: monotonic(), late }
      const first = (): ClockBelief => ({ ...trust(initialBelief(read), read), hasRead: true })
      const next = belief === undefined ? first() : nextBelief(belief, read, waits)
      ahead = isTrusted(next) ? 0 : reading - timeAt(next.trusted, read.at)
      const time = next.doubt === undefined ? reading : timeAt(next.served, read.at)
      return { now: advance(next, time), trusted: isTrusted(next) }
    },
    now: () =>
      belief === undefined ? Number.NaN : advance(belief, timeAt(belief.served, monotonic())),
    state: () => ({
      trusted: belief !== undefined && isTrusted(belief),
      ahead,
      starting: belief?.starting ?? true,
    }),
    get kept() {
      return kept
    },
    keep: (time) => {
      kept = time
    },
    get back() {
      const line = setBack()
      return line === undefined ? undefined : Math.floor(timeAt(line, monotonic()))
    },
    goBack: () => {
      if (belief?.doubt === undefined) return
      const { line } = belief.doubt
      belief = trust(serve(belief, line, line.at), line)
    },
  }
}
