import type { FeedRuntime } from './runtime.ts'

/** Milliseconds by which an undisturbed clock may differ from a monotonic one between two calls. */
const NOISE = 2500

/** Milliseconds without a jump after which entries may be dropped by a time. */
const STEADY = 60_000

/** Milliseconds after which all entries from before a jump are over: a token lives for 24 h at most. */
const REMEMBERED = 25 * 3_600_000

/**
 * Returns a function that computes the time before which entries may be dropped, in milliseconds; call it each
 * second. Dropping can't be undone, so it never depends on one reading of a clock: after a jump of `now`
 * nothing is dropped for a minute, then only entries that are over by the time before the jump and by the
 * time after it. At the start this machine's own clock is the time before.
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
