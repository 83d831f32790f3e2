import { KeyhavenError } from '@keyhaven/core/errors'

/** How many calls may wait for their turn, and for how many milliseconds. */
export interface TurnBounds {
  readonly waiting: number
  readonly patience: number
}

interface Waiting {
  readonly since: number
  readonly begin: () => void
  readonly refuse: (error: unknown) => void
}

/**
 * Runs work one at a time, in order of arrival. Refuses a call if the queue is full, and a call
 * that waited too long when its turn comes: its client has given up or should retry later.
 * @throws KeyhavenError `overloaded`.
 */
export function boundedTurns({
  waiting,
  patience,
}: TurnBounds): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: Waiting[] = []
  let busy = false
  const overloaded = (): KeyhavenError => new KeyhavenError('overloaded', { retryAfter: 1 })
  const next = (): void => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      // SQLite never waits for input, so without this nothing else ran until the queue is empty
      if (performance.now() - one.since <= patience) return void setImmediate(one.begin)
      one.refuse(overloaded())
    }
    busy = false
  }
  const turn = (): Promise<void> | undefined => {
    if (busy) {
      return new Promise((begin, refuse) => {
        queue.push({ since: performance.now(), begin, refuse })
      })
    }
    busy = true
    return undefined
  }
  return async (work) => {
    if (queue.length >= waiting) throw overloaded()
    await turn()
    try {
      return await work()
    } finally {
      next()
    }
  }
}
