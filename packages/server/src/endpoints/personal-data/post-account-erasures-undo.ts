import * as z from 'zod'
import { endErasureByLink } from '../../flows/personal-data/end-erasure.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { keptAccount, token } from './schemas.ts'

/** Undoes an erasure by the link of its mail; opens no session. */
export const postAccountErasuresUndo = openEndpoint({
  summary: 'Keep an account that would be erased, by the link of a mail.',
  answers: { 200: keptAccount },
  body: z.strictObject({ token }),
  handle: async ({ context, body, actor }) => ({
    status: 200,
    body: await endErasureByLink(context, body.token, actor),
  }),
})
