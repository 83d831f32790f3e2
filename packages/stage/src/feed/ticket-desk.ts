import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccessTokenClaims } from '@keyhaven/core/wire'

/** Redeems tickets for guards, each once, as a service does. */
export function createTicketDesk(feedKey: string, usual: () => AccessTokenClaims) {
  const tickets = new Map<string, { readonly url: string; readonly claims: AccessTokenClaims }>()
  const redeemed: string[] = []
  return {
    /** The addresses at which guards have redeemed tickets, in order. */
    redeemed,
    /** Makes a ticket for an address; its token has these claims. */
    make: (url: string, change: Partial<AccessTokenClaims> = {}): string => {
      const ticket = `kht_${randomBytes(32).toString('base64url')}`
      const exp = Math.floor(Date.now() / 1000) + 60
      tickets.set(ticket, { url, claims: { ...usual(), exp, ...change } })
      return ticket
    },
    answer: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      let text = ''
      for await (const piece of request) text += String(piece)
      const { ticket, url } = JSON.parse(text) as { ticket: string; url: string }
      redeemed.push(url)
      const found = tickets.get(ticket)
      const isGood = found?.url === url && request.headers.authorization === `Bearer ${feedKey}`
      if (isGood) tickets.delete(ticket)
      response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' })
      response.end(JSON.stringify(isGood ? found.claims : { code: 'token_invalid' }))
    },
  }
}
