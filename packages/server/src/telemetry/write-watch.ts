import { KeyhavenError } from '@keyhaven/core/errors'
import type { Logger } from './logger.ts'

/** Watches whether the database accepts writes, for `/health/ready` and a metric. */
export interface WriteWatch {
  /** Runs a write and notes its result. */
  watched<T>(write: () => Promise<T>): Promise<T>
  /**
   * Why the database accepts no writes; `undefined` if it does. If no write has ended for some
   * seconds it starts a small one, whose result counts for later calls.
   */
  trouble(): string | undefined
}

/** Consecutive failures that count as trouble; a lock held briefly causes fewer. */
const MANY = 2

/** Milliseconds for which failures count; after that, callers try again. */
const SPAN = 10_000

/** Milliseconds after which an unfinished write counts as trouble. */
const HUNG = 5000

/** Milliseconds without a write until a small one is started; the second while writes fail. */
const QUIET = 3000
const QUIET_IN_TROUBLE = 1000

/** `prove` writes something meaningless, and must itself be watched. */
export function createWriteWatch(prove: () => Promise<void>, log: Logger): WriteWatch {
  const running = new Set<{ readonly began: number }>()
  let failures = 0
  let failedAt = -Infinity
  let succeededAt = -Infinity
  let reason = 'database: a write has not ended'
  let proving = false
  let logged = false

  const isHung = (now: number): boolean =>
    [...running].some(({ began }) => began > succeededAt && now - began >= HUNG)
  const found = (): string | undefined => {
    const now = performance.now()
    const failing = failures >= MANY && now - failedAt <= SPAN
    if (!failing && !isHung(now)) return undefined
    if (!logged) log.error({ reason }, 'the database accepts no writes: /health/ready answers 503')
    logged = true
    return reason
  }
  const succeeded = (): void => {
    succeededAt = performance.now()
    failures = 0
    if (logged) log.info('the database accepts writes again')
    logged = false
  }
  const failed = (began: number, error: KeyhavenError): void => {
    // Another write has succeeded since, or failed at the same time for the same cause
    if (began < succeededAt || began < failedAt) return
    failedAt = performance.now()
    failures += failedAt - began >= HUNG ? MANY : 1
    reason = error.details.reason ?? error.message
    found()
  }
  const look = (): void => {
    const quiet = performance.now() - Math.max(succeededAt, failedAt)
    if (proving || quiet < (failures > 0 ? QUIET_IN_TROUBLE : QUIET)) return
    proving = true
    prove()
      .catch(() => {})
      .finally(() => {
        proving = false
      })
  }
  return {
    watched: async (write) => {
      const one = { began: performance.now() }
      running.add(one)
      try {
        const result = await write()
        succeeded()
        return result
      } catch (error) {
        // A refusal shows that the database works; a full queue is not its fault
        if (error instanceof KeyhavenError && error.code === 'unavailable') failed(one.began, error)
        throw error
      } finally {
        running.delete(one)
      }
    },
    trouble: () => {
      look()
      return found()
    },
  }
}
