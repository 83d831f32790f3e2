import * as z from 'zod'
import { isPerson } from '../../http/callers/any-caller.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { newTicketAnswer, url } from './schemas.ts'

/** Makes a ticket for one address of an API. */
export const postTickets = guardedEndpoint({
  summary:
    'Make a ticket that opens one address of an API by its query parameter, first within 60 seconds, then for 60 seconds.',
  answers: { 201: newTicketAnswer },
  body: z.strictObject({ url }),
  admits: 'keys',
  handle: async ({ context, body, caller }) => {
    const { issueTicket } = await import('../../flows/acts.ts')
    const asking = isPerson(caller)
      ? { live: caller }
      : {
          keyId: caller.key.id,
          accountId: caller.account.id,
          scope: caller.scope,
          audiences: caller.claims?.aud ?? listOf(caller.key.audiences),
        }
    return { status: 201, body: await issueTicket(context, asking, body.url) }
  },
})

function listOf(text: string | null): readonly string[] | undefined {
  return text === null ? undefined : (JSON.parse(text) as string[])
}
