import * as z from 'zod'
import { completed } from '../../http/answers/mailed.ts'
import { setSessionCookies } from '../../http/answers/session-cookies.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { passkeyResponse } from '../../http/bodies/factor-proof.ts'
import { device } from './schemas.ts'

/** Signs in by a passkey alone, whose device has verified its user. */
export const postPasskey = openEndpoint({
  summary: 'Sign in by a passkey whose device has verified its user.',
  answers: { 201: sessionViewAnswer },
  body: z.strictObject({ response: passkeyResponse, device, remember: z.boolean().optional() }),
  handle: async (call) => {
    const { context, body, actor } = call
    const { response, ...chosen } = body
    const from = { ...(await signingBrowserOf(call)), ...chosen }
    const { signInByPasskey } = await import('../../flows/acts.ts')
    const done = await signInByPasskey(context, { response, from }, actor)
    return completed(call, setSessionCookies(call, done.signedIn), done.completed)
  },
})
