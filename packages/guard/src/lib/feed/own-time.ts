import type { FeedRuntime } from './runtime.ts'

/** Milliseconds that the two clocks may part without anything having happened. */
const NOISE = 50

/**
 * Milliseconds that go on whatever happens to this machine: the greater advance of its two clocks. The
 * monotonic one stops while the machine sleeps, the wall clock can be set. What the wall clock once
 * gained stays counted, even if it is set back then: it may have been sleep.
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
