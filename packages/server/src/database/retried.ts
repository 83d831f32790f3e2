import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds for which a transaction is tried again before the caller is told to come back. */
const PATIENCE = 2000

/** Runs the whole work again, after a growing pause, as long as its failure `passes` by itself. */
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
      // Those that met each other must not meet again
      const pause = longest * (0.5 + Math.random() / 2)
      if (!passes(error) || performance.now() + pause > until) throw error
      await sleep(pause)
    }
  }
}
