import * as z from 'zod'
import { openEndpoint } from '../../http/endpoint.ts'
import { keptAccount, token } from './schemas.ts'
import { endErasureByLink } from '../../flows/personal-data/end-erasure.ts'

/** Undoes an erasure by the link of its mail; opens no session. */
export const postAccountErasuresUndo = openEndpoint({
  summary: 'Keep an account that would be erased, by the link of a mail.',
  answers: { 200: keptAccount },
  body: z.strictObject({ token }),
  handle: async ({ context, body, actor }) => {
    return {
      status: 200,
      body: await endErasureByLink(context, body.token, actor),
    }
  },
})
