import * as z from 'zod'
import { denySignIn } from '../../flows/recovery/deny-sign-in.ts'
import { deviceCookiesOf } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { token } from './schemas.ts'

/** Denies a sign-in by the link of the mail about it. */
export const postSessionNoticesDeny = openEndpoint({
  summary:
    'End a session that its user did not open, by the link of the mail about it; with `everything`, all sessions, and the password must be changed.',
  answers: { 204: undefined },
  body: z.strictObject({ token, everything: z.boolean().optional() }),
  handle: async ({ context, site, request, body, actor }) => {
    const { everything = false } = body
    const deviceCookies = deviceCookiesOf(site, request)
    await denySignIn(context, { token: body.token, everything, deviceCookies }, actor)
    return { status: 204 }
  },
})
