import * as z from 'zod'
import { attemptAnswer, mailed, requestOf } from '../../http/answers/mailed.ts'
import { deviceCookiesOf } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { transport } from '../../http/bodies/token-members.ts'
import { email } from '../../http/bodies/proof.ts'

/** Mails a link and a code to sign in. */
export const postSessionsEmail = openEndpoint({
  summary: 'Mail a link and a code to sign in; the answer is the same for every address.',
  answers: { 202: attemptAnswer },
  takesApps: true,
  body: z.strictObject({ email, transport }),
  handle: async (call) => {
    const deviceCookies = deviceCookiesOf(call.site, call.request)
    const request = { ...requestOf(call), deviceCookies }
    const { requestMailSignIn } = await import('../../flows/acts.ts')
    return mailed(call, await requestMailSignIn(call.context, request, call.actor))
  },
})
