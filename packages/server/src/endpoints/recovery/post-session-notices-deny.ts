import * as z from 'zod'
import { factorProof } from '../../http/bodies/factor-proof.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { givenOf, isOneChoice, oneChoice, pause, token } from './schemas.ts'

/** Denies a sign-in by the link of the mail about it. */
export const postSessionNoticesDeny = openEndpoint({
  summary:
    'End a session that its user did not open, by the link of the mail about it; with `everything`, all sessions, and the password must be changed. An account that had a second factor before requires it; with `pause` all its sessions end, and for 7 days no mail resets its password.',
  answers: { 204: undefined },
  body: z
    .strictObject({ token, ...factorProof, pause, everything: z.boolean().optional() })
    .refine(isOneChoice, oneChoice),
  handle: async (call) => {
    const { context, body, actor } = call
    const { token: linked, everything = false } = body
    const from = await signingBrowserOf(call)
    const { denySignIn } = await import('../../flows/acts.ts')
    await denySignIn(context, { token: linked, ...givenOf(body), everything, from }, actor)
    return { status: 204 }
  },
})
