import type { ErrorCode } from '@keyhaven/core/errors'
import { KeyhavenError } from '@keyhaven/core/errors'
import { createSample, loggedHeader, loggedPath } from '@keyhaven/guard'
import type { GuardRequest, RefusedRequest } from '@keyhaven/guard'
import type { Logger } from 'pino'
import type { ServiceRequest } from './service-request.ts'

/** Lines about failures in one second; the rest of them is counted (D14). */
const MOST = 100

const FOREIGN_PAGE =
  'a page of another origin asked to call and may not: if it is yours, add its origin to KEYHAVEN_ALLOWED_ORIGINS'

/** Logs requests that did not go well: why, for the operator. Refusals are a sample, failures are bounded. */
export interface RequestLog {
  /** A request that a route of the table refused, or that failed there. `log` names the request. */
  refused(error: unknown, at: Place): void
  /** A request that no route answers. */
  unmatched(code: ErrorCode, request: ServiceRequest): void
  /** A browser asked whether a page of another origin may call, and it may not. */
  foreignPage(request: ServiceRequest): void
  /** A request that the guard in this process refused. */
  atGuard(refused: RefusedRequest): void
}

/** Where a request was refused. */
export interface Place {
  readonly log: Logger
  readonly route: string
  readonly request: ServiceRequest
}

/** One for a process: however many requests fail, its log stays readable and the disk stays free. */
export function createRequestLog(log: Logger): RequestLog {
  const failures = createFailureLog(log)
  const sample = createSample((left) =>
    log.info({ left }, 'refused more requests in this minute, without a line each'),
  )
  const lined = (code: string, ...kind: readonly (string | undefined)[]): boolean =>
    sample.take(code, [code, ...kind].join(' '))
  return {
    refused: (error, { log: requestLog, route, request }) => {
      if (!isRefusal(error)) return failures(requestLog, route, error)
      const { code, details } = error
      if (!lined(code, route, details.check, details.reason)) return
      const { check, scope, reason } = details
      requestLog.info({ route, code, check, scope, reason, ...senderOf(request) }, 'refused')
    },
    unmatched: (code, request) => {
      if (!lined(code, 'none')) return
      const { requestId } = request.transport
      const path = loggedPath(request.url)
      log.info({ request: requestId, code, path, ...senderOf(request) }, 'refused')
    },
    foreignPage: (request) => {
      if (lined('csrf_failed', 'preflight')) log.info(senderOf(request), FOREIGN_PAGE)
    },
    atGuard: (refused) => {
      const { code, check, scope, reason } = refused
      if (lined(code, 'guard', check, scope, reason))
        log.info({ guard: true, ...refused }, 'refused')
    },
  }
}

/** A busy service is no failure. */
function isRefusal(error: unknown): error is KeyhavenError {
  return error instanceof KeyhavenError && (error.status < 500 || error.code === 'overloaded')
}

/** Who sent it, as far as that is known: the client behind trusted proxies, and the peer itself. */
function senderOf(request: GuardRequest & Pick<ServiceRequest, 'transport'>) {
  const { address, peer } = request.transport
  return {
    origin: loggedHeader(request, 'origin'),
    site: loggedHeader(request, 'sec-fetch-site'),
    address,
    ...(peer !== address && { peer }),
  }
}

function createFailureLog(log: Logger): (log: Logger, route: string, error: unknown) => void {
  let lines = 0
  let dropped = 0
  const nextSecond = (): void => {
    if (dropped > 0) log.warn({ dropped }, 'more requests failed in this second')
    lines = 0
    dropped = 0
  }
  return (requestLog, route, error) => {
    if (lines === 0) setTimeout(nextSecond, 1000).unref()
    if (lines === MOST) return void (dropped += 1)
    lines += 1
    report(requestLog, route, error)
  }
}

function report(log: Logger, route: string, error: unknown): void {
  if (!(error instanceof KeyhavenError)) return log.error({ route, err: error }, 'failed')
  const where = { route, code: error.code, reason: error.details.reason }
  // What has a reason needs no stack
  if (error.code === 'unavailable') log.error(where, 'failed')
  else log.error({ ...where, err: error }, 'failed')
}
