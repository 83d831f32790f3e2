import * as z from 'zod'
import { beginSignUp } from '../../flows/sign-in/begin-sign-up.ts'
import { signUp } from '../../flows/sign-in/sign-up.ts'
import { mailed, requestOf } from '../../http/answers/mailed.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { email, name, profile, username } from './schemas.ts'
import { password } from '../../http/bodies/members.ts'
import { setSessionCookies } from '../../http/answers/session-cookies.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'

/** Sign-up: creates an account and signs it in, or mails a link if addresses must be confirmed. */
export const postAccounts = openEndpoint({
  summary: 'Sign up and sign in; if addresses must be confirmed, a mail is sent first.',
  answers: { 201: sessionViewAnswer, 202: () => z.strictObject({}) },
  body: z.strictObject({ email, password, username, name, profile }),
  handle: async (call) => {
    const { context, body, actor } = call
    if (context.settings.emailVerification === 'on') {
      return mailed(call, await beginSignUp(context, { ...body, ...requestOf(call) }, actor))
    }
    const request = { ...body, from: await signingBrowserOf(call) }
    return setSessionCookies(call, await signUp(context, request, actor))
  },
})
