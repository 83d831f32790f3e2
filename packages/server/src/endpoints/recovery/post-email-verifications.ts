import * as z from 'zod'
import { openEndpoint } from '../../http/endpoint.ts'
import { mailed, requestOf } from '../../http/answers/mailed.ts'
import { email, nothing } from './schemas.ts'

/** Mails the link that confirms an address again. */
export const postEmailVerifications = openEndpoint({
  summary: 'Mail the link that confirms an address again.',
  answers: { 202: nothing },
  body: z.strictObject({ email }),
  handle: async (call) => {
    const { requestConfirmation } = await import('../../flows/acts.ts')
    return mailed(call, await requestConfirmation(call.context, requestOf(call), call.actor))
  },
})
