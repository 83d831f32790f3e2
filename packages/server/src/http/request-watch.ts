import type { ErrorCode } from '@keyhaven/core/errors'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Logger } from 'pino'
import type { Rooms } from '../flows/rooms.ts'
import { inRequestSpan, noteAnswer } from '../telemetry/spans.ts'
import { createRequestLog } from './request-log.ts'
import type { Route } from './route.ts'
import type { Reply } from './service-request.ts'

/** Answers one request; tells why, where it is refused. */
export type Answering = (refused: (error: unknown) => void) => Promise<Reply>

/** Tells log, counters and spans how requests go. */
export interface RequestWatch {
  answering(row: Route, log: Logger, work: Answering): Promise<Reply>
  /** A request that no row of the table answers. */
  unmatched(status: number, code: ErrorCode): void
}

/** The route of requests that no row answers: their paths are strangers' words. */
const NO_ROUTE = 'none'

export function createRequestWatch(
  { log: ofProcess, metrics }: Pick<Rooms, 'log' | 'metrics'>,
  routes: readonly Route[],
): RequestWatch {
  const tell = createRequestLog(ofProcess)
  const requests = metrics.requestsOf([...routes.map(({ name }) => name), NO_ROUTE])
  const count = (route: string, status: number, code: ErrorCode | undefined): void => {
    requests.answered.add({ route, status: `${Math.floor(status / 100)}xx` })
    if (code !== undefined) metrics.refusals.add({ code })
  }
  return {
    answering: (row, log, work) =>
      inRequestSpan(row, async (span) => {
        const began = performance.now()
        let code: ErrorCode | undefined
        const reply = await work((error) => {
          code = error instanceof KeyhavenError ? error.code : 'internal'
          tell(log, row.name, error)
        })
        const { status } = reply
        const ms = performance.now() - began
        log.debug({ route: row.name, status, ms: Math.round(ms) }, 'answered')
        count(row.name, status, code)
        requests.seconds.observe(row.name, ms / 1000)
        noteAnswer(span, status, code)
        return reply
      }),
    unmatched: (status, code) => count(NO_ROUTE, status, code),
  }
}
