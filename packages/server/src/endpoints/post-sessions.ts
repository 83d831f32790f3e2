import { z } from 'zod'
import { signIn } from '../flows/sign-in.ts'
import { browserOf } from '../http/browser.ts'
import { formerSession } from '../http/former-session.ts'
import { openEndpoint } from '../http/endpoint.ts'
import { device, login } from './schemas-sessions.ts'
import { password } from '../http/members.ts'
import { signedIn } from '../http/signed-in.ts'
import { sessionViewAnswer } from '../http/shapes.ts'

/** Sign-in by password. */
export const postSessions = openEndpoint({
  summary: 'Sign in by password.',
  answers: { 201: sessionViewAnswer },
  body: z.strictObject({ login, password, device, remember: z.boolean().optional() }),
  handle: async (call) => {
    const former = await formerSession(call)
    const browser = browserOf(call.request)
    return signedIn(call, await signIn(call.rooms, { ...call.body, former, browser }, call.actor))
  },
})
