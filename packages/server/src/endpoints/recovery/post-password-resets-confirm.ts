import * as z from 'zod'
import { completed } from '../../http/answers/mailed.ts'
import { password } from '../../http/bodies/members.ts'
import { browserOf } from '../../http/callers/browser.ts'
import { deviceCookie, deviceCookiesOf, flowCookiesOf } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { hasOneProof, oneProof, proof, proofOf } from './schemas.ts'

/** Sets another password by a link from a mail; opens no session. */
export const postPasswordResetsConfirm = openEndpoint({
  summary: 'Set another password by the link of a mail, and end every session.',
  answers: { 204: undefined },
  body: z.strictObject({ ...proof, password }).refine(hasOneProof, oneProof),
  handle: async (call) => {
    const { context, site, request, body, actor } = call
    const { resetByLink } = await import('../../flows/acts.ts')
    const reset = await resetByLink(
      context,
      {
        proof: proofOf(body),
        password: body.password,
        flowCookies: flowCookiesOf(site, request),
        deviceCookies: deviceCookiesOf(site, request),
        browser: browserOf(request),
      },
      actor,
    )
    const cookies = [deviceCookie(site, reset.deviceCookie)]
    return completed(call, { status: 204, cookies }, reset.completed)
  },
})
