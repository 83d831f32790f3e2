import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { anyText } from '../../http/bodies/members.ts'
import { LONGEST_TICKET_URL } from '../../model/tickets/ticket-url.ts'

/** The address that a ticket opens. */
export const url = anyText(
  LONGEST_TICKET_URL,
  'URL',
  'The URL is missing: send the whole address that the ticket opens.',
)

/** A new ticket. */
export const newTicketAnswer = shape(() =>
  z.strictObject({ ticket: z.string(), url: z.string(), expiresIn: z.int() }),
)

/** The claims of the token of a ticket. */
export const claimsAnswer = shape(() =>
  z.looseObject({
    iss: z.string(),
    sub: z.string(),
    aud: z.array(z.string()),
    exp: z.int(),
    iat: z.int(),
    jti: z.string(),
    client_id: z.string(),
  }),
)
