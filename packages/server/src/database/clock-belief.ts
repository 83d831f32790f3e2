/** A time, and the monotonic time at which it was read. From there it advances with monotonic time. */
export interface Line {
  readonly time: number
  readonly at: number
}

/** A reading of a clock; its time may be `late` by as many milliseconds. */
export interface ClockReading extends Line {
  readonly late: number
}

/** What readings of a clock have proved so far. Times are milliseconds. */
export interface ClockBelief {
  /** The newest time that readings have agreed on for long enough. */
  readonly trusted: Line
  /** The time that flows use: the trusted one, or a jump ahead that is not trusted yet. */
  readonly served: Line
  /** Monotonic time since which readings agree with the served time. */
  readonly since: number
  /** Readings that disagree with the served time, and for how long they agree with each other. */
  readonly doubt: { readonly line: Line; readonly lasts: number } | undefined
  /** Whether no reading has been trusted since the process started. */
  readonly starting: boolean
  readonly hasRead: boolean
  /** The newest time that was handed out since the served time changed: it never decreases. */
  readonly latest: number
}

/** Milliseconds; all but `tolerance` and `far` are of monotonic time. */
export interface ClockWaits {
  /** Readings that differ by no more than this agree. */
  readonly tolerance: number
  /** How long readings must agree before flows use a jump ahead. */
  readonly adopt: number
  /** How long they must agree before they are trusted. */
  readonly agree: number
  /** The same if they differ from the trusted time by more than `far`. */
  readonly agreeFar: number
  readonly far: number
}

/** The waits of a running service. */
export const clockWaits: ClockWaits = {
  tolerance: 5000,
  adopt: 10_000,
  agree: 60_000,
  agreeFar: 900_000,
  far: 86_400_000,
}

/** The part of elapsed time by which the clocks of one machine may drift apart. */
const DRIFT = 0.001

/** A line begins anew at a reading after this time, so that slow drift does not add up. */
const ANCHOR = 60_000

/** What is known before any reading, from a trusted time that the database has stored. */
export function initialBelief(line: Line): ClockBelief {
  return {
    trusted: line,
    served: line,
    since: -Infinity,
    doubt: undefined,
    starting: true,
    hasRead: false,
    latest: -Infinity,
  }
}

/** What is known after one more reading. A single reading never changes the trusted time. */
export function nextBelief(
  belief: ClockBelief,
  read: ClockReading,
  waits: ClockWaits,
): ClockBelief {
  const { served, trusted } = belief
  const next = isNear(served, read, waits)
    ? agreed(belief, read, waits)
    : isNear(trusted, read, waits)
      ? agreed(serve(belief, trusted, read.at), read, waits)
      : disagreed(belief, read, waits)
  return { ...next, hasRead: true }
}

/** Trusts a line at once. */
export function trust(belief: ClockBelief, line: Line): ClockBelief {
  return { ...belief, trusted: line, served: line, doubt: undefined, starting: false }
}

/** Uses a line from now on; readings have agreed with it since that monotonic time. */
export function serve(belief: ClockBelief, line: Line, since: number): ClockBelief {
  return { ...belief, served: line, since, latest: -Infinity }
}

/** Whether time may decide what can't be undone. */
export function isTrusted({ served, trusted, doubt, hasRead }: ClockBelief): boolean {
  return served === trusted && doubt === undefined && hasRead
}

/** The time of a line at a monotonic time. */
export function timeAt({ time, at }: Line, monotonic: number): number {
  return time + monotonic - at
}

/** The doubted line, if it is behind the trusted time and readings have agreed on it for long enough. */
export function lineSetBack({ doubt, trusted }: ClockBelief, waits: ClockWaits): Line | undefined {
  if (doubt === undefined) return undefined
  const { line, lasts } = doubt
  const isBehind = line.time < timeAt(trusted, line.at)
  return isBehind && lasts >= waitFor(line, trusted, waits) ? line : undefined
}

/** The reading agrees with the served time. */
function agreed(belief: ClockBelief, read: ClockReading, waits: ClockWaits): ClockBelief {
  const { served, trusted, doubt, hasRead } = belief
  const since = doubt === undefined ? belief.since : read.at
  const line = !hasRead || read.at - served.at >= ANCHOR ? read : served
  const next = { ...belief, since, doubt: undefined, served: line }
  const isProved = served === trusted || read.at - since >= waitFor(served, trusted, waits)
  return isProved ? trust(next, line) : next
}

/** The reading agrees neither with the served nor with the trusted time. */
function disagreed(belief: ClockBelief, read: ClockReading, waits: ClockWaits): ClockBelief {
  const { served, trusted, doubt, hasRead } = belief
  const isAhead = read.time > timeAt(trusted, read.at)
  // A served time that was never trusted gives way at once to one that is closer to the trusted time
  const isCloser = served !== trusted && read.time < timeAt(served, read.at)
  if (isAhead && (!hasRead || isCloser)) {
    return { ...serve(belief, read, read.at), doubt: undefined }
  }
  const line = doubt !== undefined && isNear(doubt.line, read, waits) ? doubt.line : read
  const lasts = read.at - line.at
  if (isAhead && lasts >= waits.adopt) {
    return { ...serve(belief, line, line.at), doubt: undefined }
  }
  const next = !isAhead && served !== trusted ? serve(belief, trusted, read.at) : belief
  return { ...next, doubt: { line, lasts } }
}

function isNear(line: Line, { time, at, late }: ClockReading, { tolerance }: ClockWaits): boolean {
  return Math.abs(time - timeAt(line, at)) <= tolerance + late + (at - line.at) * DRIFT
}

function waitFor(line: Line, trusted: Line, { far, agree, agreeFar }: ClockWaits): number {
  return Math.abs(line.time - timeAt(trusted, line.at)) > far ? agreeFar : agree
}
