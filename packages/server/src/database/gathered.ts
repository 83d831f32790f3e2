import { setImmediate as breathe } from 'node:timers/promises'
import { KeyhavenError } from '@keyhaven/core/errors'

/** How many items may wait, and how many one run may take. */
export interface Gathering {
  readonly waiting: number
  readonly together: number
}

interface Waiting<T, R> {
  readonly item: T
  readonly settle: PromiseWithResolvers<R>
}

/**
 * Runs work on one item at once if idle; items that arrive meanwhile share the next run, so that
 * simultaneous calls share a transaction. `work` returns one result for each item, in their order;
 * if it fails, every item of its run fails.
 */
export function gathered<T, R>(
  { waiting, together }: Gathering,
  work: (items: readonly T[]) => Promise<readonly R[]>,
): (item: T) => Promise<R> {
  const queue: Waiting<T, R>[] = []
  let running = false

  const run = async (batch: readonly Waiting<T, R>[]): Promise<void> => {
    try {
      const answers = await work(batch.map(({ item }) => item))
      batch.forEach(({ settle }, at) => {
        settle.resolve(answers[at] as R)
      })
    } catch (error) {
      for (const { settle } of batch) settle.reject(error)
    }
  }
  const runAll = async (): Promise<void> => {
    running = true
    while (queue.length > 0) {
      await run(queue.splice(0, together))
      // Callers that wait for nothing else between two calls share the next run too
      await breathe()
    }
    running = false
  }

  return (item) => {
    if (queue.length >= waiting) throw new KeyhavenError('overloaded', { retryAfter: 1 })
    const settle = Promise.withResolvers<R>()
    queue.push({ item, settle })
    if (!running) void runAll()
    return settle.promise
  }
}
