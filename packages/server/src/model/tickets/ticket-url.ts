import { TICKET_PARAMETER } from '@keyhaven/core/wire'

/** Characters of an address that a ticket can open. */
export const LONGEST_TICKET_URL = 2048

/** The address of a ticket in the form that is compared. */
export interface TicketUrl {
  /** Absolute and normalised, with `http` for `ws`. */
  readonly href: string
  readonly origin: string
}

/** Reads the address of a ticket. @returns a sentence if it can't be one. */
export function readTicketUrl(text: string): TicketUrl | string {
  const url = text.length > LONGEST_TICKET_URL ? null : URL.parse(text)
  if (url === null || !/^(?:https?|wss?):$/.test(url.protocol)) {
    return `Send an absolute URL of at most ${LONGEST_TICKET_URL} characters that begins with https, http, wss or ws.`
  }
  if (url.username !== '' || url.password !== '') return 'Send a URL without a user and a password.'
  if (url.href.includes('#')) return 'Send a URL without a fragment, which browsers never send.'
  if (url.searchParams.has(TICKET_PARAMETER)) return 'Send a URL that has no ticket yet.'
  // Removes a question mark without a query
  if (url.search === '') url.search = ''
  const href = url.href.replace(/^ws/, 'http')
  return { href, origin: new URL(href).origin }
}

/** The origin of an audience; `undefined` for one that is no URL of the web. */
export function originOf(audience: string): string | undefined {
  const url = URL.parse(audience)
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : undefined
}

/** The address with the ticket, for an `<img>`, a link or a socket. */
export function withTicket(text: string, ticket: string): string {
  const url = new URL(text)
  if (url.search === '') url.search = ''
  return `${url.href}${url.search === '' ? '?' : '&'}${TICKET_PARAMETER}=${ticket}`
}
