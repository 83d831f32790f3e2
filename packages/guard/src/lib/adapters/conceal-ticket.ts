import type { IncomingMessage, ServerResponse } from 'node:http'
import { ticketOf } from '../tickets/ticket-of.ts'

/**
 * Removes the ticket from the address of a request, before handlers and loggers read it, and keeps it out of the
 * `Referer` of what the answer links to.
 */
export function concealTicket(
  request: IncomingMessage & { originalUrl?: string; query?: unknown },
  response?: ServerResponse,
): void {
  const sent = ticketOf(request.originalUrl ?? request.url ?? '')
  if (sent === undefined) return
  if (request.originalUrl !== undefined) request.originalUrl = sent.url
  request.url = ticketOf(request.url ?? '')?.url ?? request.url
  // Express 4 has parsed it already
  const { query } = request
  if (typeof query === 'object' && query !== null) Reflect.deleteProperty(query, 'ticket')
  response?.setHeader('Referrer-Policy', 'no-referrer')
}
