/** The time that flows go by, and whether it may decide what can't be undone. */
export interface Reading {
  /** Milliseconds since 1970. */
  readonly now: number
  /**
   * Readings have agreed for long enough: purging, ending sessions by time and dropping keys may go by
   * this time. Whatever can be undone goes by it in any case.
   */
  readonly trusted: boolean
}

/** What an operator is shown of the clock. */
export interface ClockState {
  readonly trusted: boolean
  /** Milliseconds by which the last reading was ahead of the trusted time; negative if behind; 0 while trusted. */
  readonly ahead: number
  /** Whether no reading has been trusted since the process started. */
  readonly starting: boolean
}

/**
 * The database's time as one process believes it. One reading of a clock never decides: a reading is
 * compared with the newest trusted time plus the monotonic time since then.
 */
export interface TrustedClock {
  /** Judges a reading of the database's clock that may be `late` by as many milliseconds. */
  take(reading: number, late?: number): Reading
  /** The time between two readings; not a number before the first. */
  now(): number
  state(): ClockState
  /** The newest trusted time that the database keeps; whatever was purged had ended before it. */
  readonly kept: number | undefined
  /** Notes what the database keeps now. */
  keep(time: number): void
  /** The time of a clock that was set back, once readings have agreed on it for long enough. */
  readonly back: number | undefined
  /** Goes by that time from now on. */
  goBack(): void
}

/** Milliseconds; all but `tolerance` and `far` are of monotonic time. */
export interface ClockWaits {
  /** Readings that differ by no more than this agree. */
  readonly tolerance: number
  /** For as long readings must agree before a jump ahead is the time that flows go by. */
  readonly adopt: number
  /** For as long they must agree before they are trusted. */
  readonly agree: number
  /** The same if they differ from the trusted time by more than `far`. */
  readonly agreeFar: number
  readonly far: number
}

export const waits: ClockWaits = {
  tolerance: 5000,
  adopt: 10_000,
  agree: 60_000,
  agreeFar: 900_000,
  far: 86_400_000,
}

/** By this part of the time that passes, the clocks of a machine may drift apart. */
const DRIFT = 0.001

/** A line of agreeing readings begins anew after this time, so that no slow drift adds up. */
const ANCHOR = 60_000

/** A time, and the monotonic time at which it was so: from there it goes on by monotonic time. */
interface Line {
  readonly time: number
  readonly at: number
}

/** Readings that disagree with the time that flows go by. */
interface Doubt {
  readonly line: Line
  readonly lasts: number
}

/** `kept` is the newest trusted time that the database knows; without one the first reading is trusted. */
export function createTrustedClock(
  kept: number | undefined,
  monotonic: () => number = () => performance.now(),
  { tolerance, adopt, agree, agreeFar, far }: ClockWaits = waits,
): TrustedClock {
  let trusted: Line | undefined = kept === undefined ? undefined : { time: kept, at: monotonic() }
  let served = trusted
  /** Since when readings agree with what is served. */
  let since = -Infinity
  let doubt: Doubt | undefined
  let ahead = 0
  let starting = true
  let hasRead = false
  let latest = -Infinity

  const at = ({ time, at }: Line, moment: number): number => time + moment - at
  const near = (line: Line, { time, at: moment }: Line, late = 0): boolean =>
    Math.abs(time - at(line, moment)) <= tolerance + late + (moment - line.at) * DRIFT
  const waitFor = (line: Line, base: Line): number =>
    Math.abs(line.time - at(base, line.at)) > far ? agreeFar : agree
  const serve = (line: Line, from: number): void => {
    served = line
    since = from
    latest = -Infinity
  }
  const trust = (line: Line): void => {
    trusted = line
    served = line
    doubt = undefined
    starting = false
  }

  /** The reading goes on with what is served. */
  const goOn = (read: Line, line: Line, base: Line): void => {
    if (doubt !== undefined) since = read.at
    doubt = undefined
    const anchored = !hasRead || read.at - line.at >= ANCHOR ? read : line
    served = anchored
    if (line === base) trust(anchored)
    else if (read.at - since >= waitFor(line, base)) trust(anchored)
  }
  const disagree = (read: Line, line: Line, base: Line, late: number): void => {
    const isAhead = read.time > at(base, read.at)
    // A time that was never trusted is left at once for one that is closer to the trusted
    const closer = line !== base && read.time < at(line, read.at)
    if (isAhead && (!hasRead || closer)) {
      serve(read, read.at)
      doubt = undefined
      return
    }
    if (!isAhead && line !== base) serve(base, read.at)
    const same = doubt !== undefined && near(doubt.line, read, late) ? doubt.line : read
    doubt = { line: same, lasts: read.at - same.at }
    if (isAhead && doubt.lasts >= adopt) {
      serve(same, same.at)
      doubt = undefined
    }
  }
  const isTrusted = (): boolean => served === trusted && doubt === undefined && hasRead

  return {
    take: (reading, late = 0) => {
      const read = { time: reading, at: monotonic() }
      if (trusted === undefined || served === undefined) trust(read)
      else if (near(served, read, late)) goOn(read, served, trusted)
      else if (near(trusted, read, late)) {
        serve(trusted, read.at)
        goOn(read, trusted, trusted)
      } else disagree(read, served, trusted, late)
      hasRead = true
      ahead = isTrusted() || trusted === undefined ? 0 : reading - at(trusted, read.at)
      const now = doubt === undefined ? reading : at(served ?? read, read.at)
      latest = Math.max(latest, Math.floor(now))
      return { now: latest, trusted: isTrusted() }
    },
    now: () => {
      if (served === undefined) return Number.NaN
      latest = Math.max(latest, Math.floor(at(served, monotonic())))
      return latest
    },
    state: () => ({ trusted: isTrusted(), ahead, starting }),
    get kept() {
      return kept
    },
    keep: (time) => {
      kept = time
    },
    get back() {
      if (doubt === undefined || trusted === undefined) return undefined
      const isBehind = doubt.line.time < at(trusted, doubt.line.at)
      if (!isBehind || doubt.lasts < waitFor(doubt.line, trusted)) return undefined
      return Math.floor(at(doubt.line, monotonic()))
    },
    goBack: () => {
      if (doubt === undefined) return
      const { line } = doubt
      serve(line, line.at)
      trust(line)
    },
  }
}
