/** An entry stays this long after the last token that it can hit, and at least ten minutes. */
export const MARGIN = 60_000

const SHORTEST = 600_000

/** `lastExpiry` is in seconds, as in a token; the answer and `now` are in milliseconds. */
export function entryLifeEnd(lastExpiry: number, now: number): number {
  return Math.max(lastExpiry * 1000 + MARGIN, now + SHORTEST)
}
