import * as z from 'zod'
import { signUp } from '../../flows/sign-in/sign-up.ts'
import { browserOf } from '../../http/callers/browser.ts'
import { previousSession } from '../../http/callers/previous-session.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { email, name, profile, username } from './schemas.ts'
import { password } from '../../http/bodies/members.ts'
import { setSessionCookies } from '../../http/answers/session-cookies.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'

/** Sign-up: creates an account and signs it in. */
export const postAccounts = openEndpoint({
  summary: 'Sign up and sign in.',
  answers: { 201: sessionViewAnswer },
  body: z.strictObject({ email, password, username, name, profile }),
  handle: async (call) => {
    const former = await previousSession(call)
    const browser = browserOf(call.request)
    return setSessionCookies(
      call,
      await signUp(call.context, { ...call.body, former, browser }, call.actor),
    )
  },
})
