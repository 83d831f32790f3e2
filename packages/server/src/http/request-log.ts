import type { ErrorCode } from '@keyhaven/core/errors'
import { KeyhavenError } from '@keyhaven/core/errors'
import { createSample, loggedHeader, loggedPath } from '@keyhaven/guard/kit'
import type { GuardRequest, RefusedRequest } from '@keyhaven/guard'
import type { Logger } from '../telemetry/logger.ts'
import type { ServiceRequest } from './service-request.ts'

/** Lines about failures in one second; further ones are counted (D14). */
const MOST = 100

const FOREIGN_PAGE =
  'a page of another origin tried to call and was refused: if it is yours, add its origin to KEYHAVEN_ALLOWED_ORIGINS'

/**
 * Logs why requests were refused or failed, for the operator. Refusals are sampled, failures are
 * bounded.
 */
export interface RequestLog {
  /** Logs a request that a route refused or that failed there. `log` contains the request's id. */
  refused(error: unknown, at: Place): void
  /** Logs a request that matches no route. */
  unmatched(code: ErrorCode, request: ServiceRequest): void
  /** Logs a preflight of a page of another origin that may not call. */
  foreignPage(request: ServiceRequest): void
  /** Logs a request that the guard in this process refused. */
  atGuard(refused: RefusedRequest): void
}

/** The route at which a request was refused. */
export interface Place {
  readonly log: Logger
  readonly route: string
  readonly request: ServiceRequest
}

/**
 * One for each process. However many requests fail, the log stays readable and the disk does not
 * fill up.
 */
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

/** A busy service has not failed. */
function isRefusal(error: unknown): error is KeyhavenError {
  return error instanceof KeyhavenError && (error.status < 500 || error.code === 'overloaded')
}

/** The sender, as far as known: the client behind trusted proxies, and the peer itself. */
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
  const place = { route, code: error.code, reason: error.details.reason }
  // A failure with a reason needs no stack
  if (error.code === 'unavailable') log.error(place, 'failed')
  else log.error({ ...place, err: error }, 'failed')
}
