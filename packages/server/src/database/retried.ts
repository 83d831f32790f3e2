import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds for which a transaction is retried before the caller gets the failure. */
const PATIENCE = 2000

/**
 * Runs the work again from its beginning, after growing pauses, while `passes` accepts its failure.
 */
export async function retried<T>(
  work: () => Promise<T>,
  passes: (error: unknown) => boolean,
  patience = PATIENCE,
): Promise<T> {
  const until = performance.now() + patience
  for (let longest = 5; ; longest = Math.min(longest * 2, 100)) {
    try {
      return await work()
    } catch (error) {
      // Random pauses, so that transactions that collided do not collide again
      const pause = longest * (0.5 + Math.random() / 2)
      if (!passes(error) || performance.now() + pause > until) throw error
      await sleep(pause)
    }
  }
}
