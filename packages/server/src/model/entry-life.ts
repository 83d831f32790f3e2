/** Milliseconds for which an entry is kept after the last token that it matches has expired. */
export const MARGIN = 60_000

const SHORTEST = 600_000

/**
 * When an entry may be purged, at least ten minutes from now. `lastExpiry` is in seconds, as in a
 * token; the result and `now` are in milliseconds.
 */
export function entryLifeEnd(lastExpiry: number, now: number): number {
  return Math.max(lastExpiry * 1000 + MARGIN, now + SHORTEST)
}
