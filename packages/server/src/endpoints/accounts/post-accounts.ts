import * as z from 'zod'
import { beginSignUp } from '../../flows/sign-in/begin-sign-up.ts'
import { signUp } from '../../flows/sign-in/sign-up.ts'
import { attemptAnswer, mailed, requestOf } from '../../http/answers/mailed.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { email, name, profile, username } from './schemas.ts'
import { password } from '../../http/bodies/members.ts'
import { signedIn, signedInAnswer } from '../../http/answers/signed-in.ts'
import { transport } from '../../http/bodies/token-members.ts'

/** Sign-up: creates an account and signs it in, or mails a link if addresses must be confirmed. */
export const postAccounts = openEndpoint({
  summary: 'Sign up and sign in; if addresses must be confirmed, a mail is sent first.',
  answers: { 201: signedInAnswer, 202: attemptAnswer },
  takesApps: true,
  body: z.strictObject({ email, password, username, name, profile, transport }),
  handle: async (call) => {
    const { context, body: given, actor } = call
    const { transport: _how, ...body } = given
    if (context.settings.emailVerification === 'on') {
      return mailed(
        call,
        await beginSignUp(context, { ...body, ...requestOf({ ...call, body }) }, actor),
      )
    }
    const request = { ...body, from: await signingBrowserOf(call) }
    return signedIn(call, await signUp(context, request, actor))
  },
})
