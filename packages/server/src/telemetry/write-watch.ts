import { KeyhavenError } from '@keyhaven/core/errors'
import type { Logger } from 'pino'

/** Whether the database takes writes: `/health/ready` and a metric go by it. */
export interface WriteWatch {
  /** Runs a write, and notes how it went. */
  watched<T>(write: () => Promise<T>): Promise<T>
  /**
   * Why the database takes no writes; `undefined` while it does. Where no write has shown it for some seconds, one is
   * begun whose result counts for later calls.
   */
  trouble(): string | undefined
}

/** Failures one after the other that count; one lock that is held for a short time causes fewer. */
const MANY = 2

/** Milliseconds for which they count: then the next callers may find out. */
const SPAN = 10_000

/** Milliseconds after which a write that has not ended counts as that many. */
const HUNG = 5000

/** Milliseconds without a write after which one is made, and the same while they fail. */
const QUIET = 3000
const QUIET_IN_TROUBLE = 1000

/** `prove` writes something of no meaning. It must be watched itself. */
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
    if (!logged) log.error({ reason }, 'the database takes no writes: /health/ready answers 503')
    logged = true
    return reason
  }
  const succeeded = (): void => {
    succeededAt = performance.now()
    failures = 0
    if (logged) log.info('the database takes writes again')
    logged = false
  }
  const failed = (began: number, error: KeyhavenError): void => {
    // Others have written since, or failed of the same cause at the same time
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
        // A refusal was decided by a database that works; a full queue is no fault of it
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
