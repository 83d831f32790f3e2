import * as z from 'zod'
import { deviceCookiesOf } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { mailed, requestOf } from '../../http/answers/mailed.ts'
import { email, nothing } from './schemas.ts'

/** Mails a link with which a user sets another password. */
export const postPasswordResets = openEndpoint({
  summary: 'Mail a link that resets a forgotten password.',
  answers: { 202: nothing },
  body: z.strictObject({ email }),
  handle: async (call) => {
    const deviceCookies = deviceCookiesOf(call.site, call.request)
    const request = { ...requestOf(call), deviceCookies }
    const { requestReset } = await import('../../flows/acts.ts')
    return mailed(call, await requestReset(call.context, request, call.actor))
  },
})
