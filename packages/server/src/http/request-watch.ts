import type { ErrorCode } from '@keyhaven/core/errors'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Logger } from '../telemetry/logger.ts'
import type { ContextPart } from '../flows/context.ts'
import { inRequestSpan, noteAnswer } from '../telemetry/spans.ts'
import type { RequestLog } from './request-log.ts'
import type { Row } from './route.ts'
import type { Reply, ServiceRequest } from './service-request.ts'

/** Answers one request, and calls `refused` with the error of a refusal. */
export type Answering = (refused: (error: unknown) => void) => Promise<Reply>

/** A request that a row of the table answers, and a log with its id. */
export interface Watched {
  readonly row: Row
  readonly log: Logger
  readonly request: ServiceRequest
}

/** Reports requests to log, counters and spans. */
export interface RequestWatch {
  answering(watched: Watched, work: Answering): Promise<Reply>
  /** Reports a request that matches no row of the table. */
  unmatched(status: number, code: ErrorCode, request: ServiceRequest): void
}

/** Replaces the route of requests that match no row, whose paths are untrusted. */
const NO_ROUTE = 'none'

/** Reports requests of these routes. */
export function createRequestWatch(
  { tools: { metrics } }: ContextPart<'tools', 'metrics'>,
  routes: readonly Row[],
  requestLog: RequestLog,
): RequestWatch {
  const requests = metrics.requestsOf([...routes.map(({ name }) => name), NO_ROUTE])
  const count = (route: string, status: number, code: ErrorCode | undefined): void => {
    requests.answered.add({ route, status: `${Math.floor(status / 100)}xx` })
    if (code !== undefined) metrics.refusals.add({ code })
  }
  return {
    answering: ({ row, log, request }, work) =>
      inRequestSpan(row, async (span) => {
        const began = performance.now()
        let code: ErrorCode | undefined
        const reply = await work((error) => {
          code = error instanceof KeyhavenError ? error.code : 'internal'
          requestLog.refused(error, { log, route: row.name, request })
        })
        const { status } = reply
        const ms = performance.now() - began
        log.debug({ route: row.name, status, code, ms: Math.round(ms) }, 'answered')
        count(row.name, status, code)
        requests.seconds.observe(row.name, ms / 1000)
        noteAnswer(span, status, code)
        return reply
      }),
    unmatched: (status, code, request) => {
      requestLog.unmatched(code, request)
      count(NO_ROUTE, status, code)
    },
  }
}
