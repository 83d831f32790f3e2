import * as z from 'zod'
import { undoEmailChange } from '../../flows/recovery/undo-email-change.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { changed, token } from './schemas.ts'

/** Brings a former address back by the link that it was mailed. */
export const postEmailChangesUndo = openEndpoint({
  summary: 'Bring a former address back by the link that it was mailed, and end every session.',
  answers: { 200: changed },
  body: z.strictObject({ token }),
  handle: async ({ context, body, actor }) => ({
    status: 200,
    body: await undoEmailChange(context, body, actor),
  }),
})
