import type { ErrorCode } from '@keyhaven/core/errors'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Logger } from 'pino'
import type { ContextPart } from '../flows/context.ts'
import { inRequestSpan, noteAnswer } from '../telemetry/spans.ts'
import type { RequestLog } from './request-log.ts'
import type { Route } from './route.ts'
import type { Reply, ServiceRequest } from './service-request.ts'

/** Answers one request; tells why, where it is refused. */
export type Answering = (refused: (error: unknown) => void) => Promise<Reply>

/** A request that a row of the table answers, and the log that names it. */
export interface Watched {
  readonly row: Route
  readonly log: Logger
  readonly request: ServiceRequest
}

/** Tells log, counters and spans how requests go. */
export interface RequestWatch {
  answering(watched: Watched, work: Answering): Promise<Reply>
  /** A request that no row of the table answers. */
  unmatched(status: number, code: ErrorCode, request: ServiceRequest): void
}

/** The route of requests that no row answers: their paths are strangers' words. */
const NO_ROUTE = 'none'

export function createRequestWatch(
  { tools: { metrics } }: ContextPart<'tools', 'metrics'>,
  routes: readonly Route[],
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
