import type { FeedRuntime } from './runtime.ts'

/** Milliseconds that the two clocks may differ without a suspension or a change of the clock. */
const NOISE = 50

/**
 * Returns a clock in milliseconds that also counts the time of a suspended machine: the greater advance of its
 * two clocks. The monotonic clock stops while the machine sleeps, and the wall clock can be set. A gain of
 * the wall clock stays counted even if the clock is set back later: it may have been sleep.
 */
export function createOwnTime({
  monotonic,
  wall,
}: Pick<FeedRuntime, 'monotonic' | 'wall'>): () => number {
  let apart = wall() - monotonic()
  let slept = 0
  return () => {
    const elapsed = monotonic()
    const gained = wall() - elapsed - apart
    if (gained > NOISE) slept += gained
    if (Math.abs(gained) > NOISE) apart += gained
    return elapsed + slept
  }
}
