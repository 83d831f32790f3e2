import * as z from 'zod'
import { renewSessionCookies, replaceSessionCookies } from '../../http/answers/session-cookies.ts'
import { shape } from '../../http/answers/shape.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'
import { password } from '../../http/bodies/members.ts'
import { factorOf, factorProof } from '../../http/bodies/factor-proof.ts'
import { browserOf } from '../../http/callers/browser.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { isNative } from '../../model/access-claims.ts'
import { viewAny } from '../../views/session.ts'

/** The session view; of an app also its next access token. */
const steppedUpAnswer = shape(() =>
  sessionViewAnswer().extend({ accessToken: z.string().optional() }),
)

/** The message of a body that has no proof, or several. */
const oneProof = {
  path: ['password'],
  message: 'Send one proof: password, totp, recoveryCode or passkey.',
}

/** Step-up by a second factor, or by password: the caller's session becomes fresh. */
export const postSessionCurrentStepUp = guardedEndpoint({
  summary:
    'Prove again who I am, for calls that need a fresh proof: by a second factor if the account has one, else by password.',
  answers: { 200: steppedUpAnswer },
  body: z
    .strictObject({ ...factorProof, password: password.optional() })
    .refine(
      (body) => Object.values(body).filter((one) => one !== undefined).length === 1,
      oneProof,
    ),
  handle: async (call) => {
    const { context, body, caller, actor } = call
    const { renewable } = caller
    const proof = body.password === undefined ? factorOf(body) : { password: body.password }
    const words = browserOf(call.request)
    const { stepUp } = await import('../../flows/acts.ts')
    const stepped = await stepUp(context, { live: caller, proof, renewable, words }, actor)
    const { session, sessionCookie } = stepped
    if (sessionCookie !== undefined) return replaceSessionCookies(call, session, sessionCookie)
    if (caller.by === 'cookie') return renewSessionCookies(call, session)
    // A call with a bearer token leaves the browser's cookies as they are. An app has only this token
    const view = viewAny(context, session, session.now)
    const own = isNative(session.session) ? { accessToken: session.accessToken } : {}
    return { status: 200, body: { ...view, ...own } }
  },
})
