import * as z from 'zod'
import { completed } from '../../http/answers/mailed.ts'
import { setSessionCookies } from '../../http/answers/session-cookies.ts'
import { sessionViewAnswer } from '../../http/answers/shapes.ts'
import { factorOf, factorProof, hasOneFactor, oneFactor } from '../../http/bodies/factor-proof.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'

/** Completes a sign-in by a second factor. */
export const postSecondFactor = openEndpoint({
  summary: 'Complete the sign-in that this browser has begun, by a second factor.',
  answers: { 201: sessionViewAnswer },
  body: z.strictObject(factorProof).refine(hasOneFactor, oneFactor),
  handle: async (call) => {
    const { context, body, actor } = call
    const from = await signingBrowserOf(call)
    const { completeSecondFactor } = await import('../../flows/acts.ts')
    const done = await completeSecondFactor(context, { proof: factorOf(body), from }, actor)
    return completed(call, setSessionCookies(call, done.signedIn), done.completed)
  },
})
