/** Most milliseconds of the first wait, and of any. */
const FIRST = 500
const LONGEST = 10_000

/** Milliseconds for which a connection must have been good, so that the next failure counts as the first. */
const GOOD_FOR = 10_000

/**
 * Returns a function that computes the wait before the next connection: exponential with full jitter, so that
 * a thousand guards don't reconnect at once, and shorter with a short `maxStaleness`. `goodFor`:
 * milliseconds since the connection first showed that the copy is current; 0 if it never did.
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
    // Never 0: a service that closes every connection must not be flooded
    return 20 + random() * most
  }
}
