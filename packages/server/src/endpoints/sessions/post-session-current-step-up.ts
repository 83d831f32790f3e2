import * as z from 'zod'
import { stepUp } from '../../flows/sign-in/step-up.ts'
import { renewSessionCookies, replaceSessionCookies } from '../../http/answers/session-cookies.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'
import { password } from '../../http/bodies/members.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { viewSession } from '../../views/session.ts'

/** Step-up by password: the caller's session becomes fresh. */
export const postSessionCurrentStepUp = guardedEndpoint({
  summary: 'Prove again by password who I am, for calls that need a fresh proof.',
  answers: { 200: sessionViewAnswer },
  body: z.strictObject({ password }),
  handle: async (call) => {
    const { context, body, caller, actor } = call
    const { renewable } = caller
    const stepped = await stepUp(context, { live: caller, ...body, renewable }, actor)
    const { session, sessionCookie } = stepped
    if (sessionCookie !== undefined) return replaceSessionCookies(call, session, sessionCookie)
    if (caller.by === 'cookie') return renewSessionCookies(call, session)
    // A call with a bearer token leaves the browser's cookies as they are
    return { status: 200, body: viewSession(context, session, session.now) }
  },
})
