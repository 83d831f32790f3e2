import type { FeedRuntime } from './runtime.ts'

/** Milliseconds by which a clock that goes on evenly may differ from a monotonic one between two looks. */
const NOISE = 2500

/** Milliseconds for which a time must have gone on evenly before anything is dropped by it. */
const STEADY = 60_000

/** Milliseconds after which all entries from before a jump are over: a token lives for 24 h at most. */
const REMEMBERED = 25 * 3_600_000

/**
 * The time by which entries may be dropped, in milliseconds; call it each second. Dropping can't be undone,
 * so it never rests on one reading of a clock: after a jump of `now` nothing is dropped for a minute, then
 * what both times, the one before and the one after it, have passed. At the start this machine's own
 * clock is the time before.
 */
export function createDropTime(
  now: () => number,
  { monotonic, wall }: Pick<FeedRuntime, 'monotonic' | 'wall'>,
): () => number {
  const begun = monotonic()
  let latest = wall() - begun
  let lowest = latest
  let steadySince = begun
  let jumped = begun
  return () => {
    const at = monotonic()
    const offset = now() - at
    if (Math.abs(offset - latest) > NOISE) {
      lowest = Math.min(lowest, latest, offset)
      steadySince = at
      jumped = at
    }
    latest = offset
    if (at - jumped > REMEMBERED) lowest = offset
    return at - steadySince < STEADY ? 0 : at + Math.min(offset, lowest)
  }
}
