import * as z from 'zod'
import { tokenMembers } from '../../http/bodies/token-members.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { mailCode } from '../../http/bodies/members.ts'
import { totpAnswer } from './schemas.ts'

/** Makes the secret of an authenticator app in a sign-in that needs a second factor. */
export const postEnrolTotp = openEndpoint({
  summary:
    'Begin to set up an authenticator app in a sign-in whose account needs a second factor and has none.',
  answers: { 201: totpAnswer },
  takesApps: true,
  body: z.strictObject({ mailCode, ...tokenMembers }),
  handle: async (call) => {
    const { context, body, actor } = call
    const enrolling = { mailCode: body.mailCode, from: await signingBrowserOf(call) }
    const { enrolTotpInSignIn } = await import('../../flows/acts.ts')
    return { status: 201, body: await enrolTotpInSignIn(context, enrolling, actor) }
  },
})
