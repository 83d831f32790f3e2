import * as z from 'zod'
import { enrolled, enrolledAnswer } from '../../http/answers/enrolled.ts'
import { anyText } from '../../http/bodies/members.ts'
import { tokenMembers } from '../../http/bodies/token-members.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'

const code = anyText(40, 'code', 'The code is missing: enter the one that the app shows.')

/** Makes an authenticator app a second factor, which completes the sign-in. */
export const postEnrolTotpConfirm = openEndpoint({
  summary: 'Confirm that app by its code, which completes the sign-in and brings recovery codes.',
  answers: { 201: enrolledAnswer },
  takesApps: true,
  body: z.strictObject({ code, ...tokenMembers }),
  handle: async (call) => {
    const { context, path, body, actor } = call
    const proof = { id: path['id'] ?? '', code: body.code, from: await signingBrowserOf(call) }
    const { confirmTotpInSignIn } = await import('../../flows/acts.ts')
    return enrolled(call, await confirmTotpInSignIn(context, proof, actor))
  },
})
