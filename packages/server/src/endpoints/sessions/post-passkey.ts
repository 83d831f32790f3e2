import * as z from 'zod'
import { completed } from '../../http/answers/mailed.ts'
import { signedIn, signedInAnswer } from '../../http/answers/signed-in.ts'
import { tokenMembers } from '../../http/bodies/token-members.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { passkeyResponse } from '../../http/bodies/factor-proof.ts'
import { device } from './schemas.ts'

/** Signs in by a passkey alone, whose device has verified its user. */
export const postPasskey = openEndpoint({
  summary: 'Sign in by a passkey whose device has verified its user.',
  answers: { 201: signedInAnswer },
  takesApps: true,
  body: z.strictObject({
    response: passkeyResponse,
    device,
    remember: z.boolean().optional(),
    ...tokenMembers,
  }),
  handle: async (call) => {
    const { context, body, actor } = call
    const { response, device: name, remember } = body
    const from = { ...(await signingBrowserOf(call)), device: name, remember }
    const { signInByPasskey } = await import('../../flows/acts.ts')
    const done = await signInByPasskey(context, { response, from }, actor)
    return completed(call, signedIn(call, done.signedIn), done.completed)
  },
})
