import * as z from 'zod'
import { guardKeyEndpoint } from '../../http/endpoint.ts'
import { anyText } from '../../http/bodies/members.ts'
import { claimsAnswer, url } from './schemas.ts'

/** Redeems a ticket, once, for the guard that has received it. */
export const postTicketsRedeem = guardKeyEndpoint({
  summary: 'Redeem a ticket that a guard has received, once, at its address without the ticket.',
  answers: { 200: claimsAnswer },
  body: z.strictObject({
    ticket: anyText(100, 'ticket', 'The ticket is missing: send the one that was received.'),
    url,
  }),
  handle: async ({ context, body, caller }) => {
    const { redeemTicket } = await import('../../flows/acts.ts')
    return { status: 200, body: await redeemTicket(context, body, caller) }
  },
})
