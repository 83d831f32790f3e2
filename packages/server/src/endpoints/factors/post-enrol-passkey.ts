import * as z from 'zod'
import { enrolled, enrolledAnswer } from '../../http/answers/enrolled.ts'
import { browserOf } from '../../http/callers/browser.ts'
import { tokenMembers } from '../../http/bodies/token-members.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { passkeyResponse } from '../../http/bodies/factor-proof.ts'
import { passkeyName } from './schemas.ts'

/** Adds that passkey, which completes the sign-in. */
export const postEnrolPasskey = openEndpoint({
  summary: 'Add that passkey, which completes the sign-in and brings recovery codes.',
  answers: { 201: enrolledAnswer },
  takesApps: true,
  body: z.strictObject({
    response: passkeyResponse,
    name: passkeyName.optional(),
    ...tokenMembers,
  }),
  handle: async (call) => {
    const { context, request, body, actor } = call
    const { response, name = browserOf(request) ?? null } = body
    const added = { response, name, from: await signingBrowserOf(call) }
    const { addPasskeyInSignIn } = await import('../../flows/acts.ts')
    return enrolled(call, await addPasskeyInSignIn(context, added, actor))
  },
})
