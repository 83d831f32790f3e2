import * as z from 'zod'
import { undoEmailChange } from '../../flows/recovery/undo-email-change.ts'
import { deviceCookiesOf } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { changed, token } from './schemas.ts'

/** Brings a former address back by the link that it was mailed. */
export const postEmailChangesUndo = openEndpoint({
  summary: 'Bring a former address back by the link that it was mailed, and end every session.',
  answers: { 200: changed },
  body: z.strictObject({ token }),
  handle: async ({ context, site, request, body, actor }) => {
    const deviceCookies = deviceCookiesOf(site, request)
    return {
      status: 200,
      body: await undoEmailChange(context, { ...body, deviceCookies }, actor),
    }
  },
})
