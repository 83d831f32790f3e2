import { KeyhavenError } from '@keyhaven/core/errors'
import type { Logger } from './logger.ts'

/** Milliseconds between two lines about a continuing failure. */
const APART = 60_000

/** Logs a failure that recurs each second while its cause lasts. */
export interface FailureLog {
  /** Writes at most one line a minute, with the number of failures since the previous line. */
  readonly failed: (error: unknown) => void
  /** Writes one line if a failure has been logged since the last success. */
  readonly worked: () => void
}

/** A log of one kind of failure. */
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

/**
 * The members that a log line has for an error: code and reason of a KeyhavenError, else the error
 * with its stack.
 */
export function causeOf(error: unknown): object {
  if (!(error instanceof KeyhavenError) || error.details.reason === undefined) return { err: error }
  return { code: error.code, reason: error.details.reason }
}
