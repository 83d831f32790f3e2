import { KeyhavenError } from '@keyhaven/core/errors'
import type { Logger } from 'pino'

/** Milliseconds between two lines about one failure that goes on. */
const APART = 60_000

/** Logs a failure that comes back each second for as long as its cause lasts. */
export interface FailureLog {
  /** Writes at most one line a minute, with the number of failures since the line before. */
  readonly failed: (error: unknown) => void
  /** Writes one line if a failure was logged since the last. */
  readonly worked: () => void
}

export function createFailureLog(log: Logger, message: string): FailureLog {
  let at = -Infinity
  let more = 0
  let open = false
  return {
    failed: (error) => {
      if (performance.now() - at < APART) return void (more += 1)
      log.error({ ...causeOf(error), ...(more > 0 && { more }) }, message)
      at = performance.now()
      more = 0
      open = true
    },
    worked: () => {
      if (!open) return
      log.info({ more }, `over: ${message}`)
      more = 0
      open = false
    },
  }
}

/** What a line says of an error: a failed database has a reason, which says more than a stack. */
export function causeOf(error: unknown): object {
  if (!(error instanceof KeyhavenError) || error.details.reason === undefined) return { err: error }
  return { code: error.code, reason: error.details.reason }
}
