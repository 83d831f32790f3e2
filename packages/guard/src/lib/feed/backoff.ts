/** Milliseconds of the first wait at most, and of any. */
const FIRST = 500
const LONGEST = 10_000

/** Milliseconds that a connection must have been good for, so that the next failure counts as the first. */
const GOOD_FOR = 10_000

/**
 * How long to wait before the next try: exponential with full jitter, so that a thousand guards don’t
 * come back at once. A short limit of staleness leaves no time for long waits. `goodFor`:
 * milliseconds since the connection first proved that the copy is current; 0 where it never did.
 */
export function createBackoff(
  random: () => number,
  maxStaleness: () => number,
): (goodFor: number) => number {
  let failures = 0
  return (goodFor) => {
    failures = goodFor >= GOOD_FOR ? 1 : failures + 1
    const longest = Math.max(1000, Math.min(LONGEST, maxStaleness() / 4))
    const most = Math.min(longest, FIRST * 2 ** Math.min(failures - 1, 10))
    // Never at once: a service that closes every connection must not be stormed
    return 20 + random() * most
  }
}
