import type { Logger } from 'pino'
import { KeyhavenError } from '@keyhaven/core/errors'

/** Lines about refusals and failures in one second; the rest of them is counted (D14). */
const MOST = 100

/** Tells of requests that did not go well: why, for whoever looks after the service. */
export type RequestLog = (log: Logger, route: string, error: unknown) => void

/** One for a process: however many requests fail, its log stays readable and the disk stays free. */
export function createRequestLog(log: Logger): RequestLog {
  let lines = 0
  let dropped = 0
  const nextSecond = (): void => {
    if (dropped > 0) log.warn({ dropped }, 'more requests did not go well in this second')
    lines = 0
    dropped = 0
  }
  return (requestLog, route, error) => {
    if (lines === 0) setTimeout(nextSecond, 1000).unref()
    if (lines === MOST) return void (dropped += 1)
    lines += 1
    tell(requestLog, route, error)
  }
}

function tell(log: Logger, route: string, error: unknown): void {
  if (!(error instanceof KeyhavenError)) return log.error({ route, err: error }, 'failed')
  const where = { route, code: error.code, reason: error.details.reason }
  // A busy service is no failure; what has a reason needs no stack
  if (error.status < 500 || error.code === 'overloaded') log.info(where, 'refused')
  else if (error.code === 'unavailable') log.error(where, 'failed')
  else log.error({ ...where, err: error }, 'failed')
}
