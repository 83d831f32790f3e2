import { TICKET_PARAMETER, TICKET_PREFIX } from '@keyhaven/core/wire'
import type { GuardRequest } from '../checks/request.ts'

const MARK = `${TICKET_PARAMETER}=${TICKET_PREFIX}`
const PAIR = new RegExp(`^${TICKET_PARAMETER}=${TICKET_PREFIX}`)
const TICKET = new RegExp(`^${TICKET_PREFIX}[\\w-]{43}$`)

/** The ticket of a request, and its path and query without it. */
export interface SentTicket {
  /** `undefined` if the parameter is malformed or repeated. */
  readonly ticket: string | undefined
  readonly url: string
}

/** Reads the ticket of an address. A parameter of this name that is no ticket is the application's own. */
export function ticketOf(url: string): SentTicket | undefined {
  if (!url.includes(MARK)) return undefined
  const at = url.indexOf('?')
  const pairs = url.slice(at + 1).split('&')
  const sent = at < 0 ? [] : pairs.filter((pair) => PAIR.test(pair))
  if (sent.length === 0) return undefined
  const rest = pairs.filter((pair) => !PAIR.test(pair)).join('&')
  const ticket = (sent[0] ?? '').slice(TICKET_PARAMETER.length + 1)
  const isOne = sent.length === 1 && TICKET.test(ticket)
  return {
    ticket: isOne ? ticket : undefined,
    url: url.slice(0, at) + (rest === '' ? '' : `?${rest}`),
  }
}

/** The same of a request that may have one: it reads, and its address is all that opens a picture, a file or a socket. */
export function ticketOfRequest({ method, url }: GuardRequest): SentTicket | undefined {
  return method === 'GET' || method === 'HEAD' ? ticketOf(url) : undefined
}
