import { KeyhavenError } from '@keyhaven/core/errors'

/** How many may wait for a run, and how many of them one run takes. */
export interface Gathering {
  readonly waiting: number
  readonly together: number
}

interface Asked<T, R> {
  readonly item: T
  readonly settle: PromiseWithResolvers<R>
}

/**
 * Does at once what is asked for while there is nothing to do, and together what is asked for meanwhile:
 * many who ask at once share a transaction. `work` answers for each item, in their order; where it
 * fails, it fails for all of its run.
 */
export function gathered<T, R>(
  { waiting, together }: Gathering,
  work: (items: readonly T[]) => Promise<readonly R[]>,
): (item: T) => Promise<R> {
  const asked: Asked<T, R>[] = []
  let running = false

  const run = async (taken: readonly Asked<T, R>[]): Promise<void> => {
    try {
      const answers = await work(taken.map(({ item }) => item))
      taken.forEach(({ settle }, at) => {
        settle.resolve(answers[at] as R)
      })
    } catch (error) {
      for (const { settle } of taken) settle.reject(error)
    }
  }
  const runAll = async (): Promise<void> => {
    running = true
    while (asked.length > 0) await run(asked.splice(0, together))
    running = false
  }

  return (item) => {
    if (asked.length >= waiting) throw new KeyhavenError('overloaded', { retryAfter: 1 })
    const settle = Promise.withResolvers<R>()
    asked.push({ item, settle })
    if (!running) void runAll()
    return settle.promise
  }
}
