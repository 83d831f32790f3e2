import * as z from 'zod'
import { mailCode } from '../../http/bodies/members.ts'
import { tokenMembers } from '../../http/bodies/token-members.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { members } from '../../http/answers/shapes.ts'

/** Begins to add a passkey in a sign-in that needs a second factor. */
export const postEnrolPasskeyOptions = openEndpoint({
  summary:
    'Begin to add a passkey in a sign-in whose account needs a second factor and has none: options for `navigator.credentials.create`.',
  answers: { 200: members },
  takesApps: true,
  body: z.strictObject({ mailCode, ...tokenMembers }),
  handle: async (call) => {
    const { context, body, actor } = call
    const enrolling = { mailCode: body.mailCode, from: await signingBrowserOf(call) }
    const { enrolPasskeyInSignIn } = await import('../../flows/acts.ts')
    return { status: 200, body: await enrolPasskeyInSignIn(context, enrolling, actor) }
  },
})
