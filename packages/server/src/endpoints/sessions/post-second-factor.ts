import * as z from 'zod'
import { completed } from '../../http/answers/mailed.ts'
import { signedIn, signedInAnswer } from '../../http/answers/signed-in.ts'
import { tokenMembers } from '../../http/bodies/token-members.ts'
import { factorOf, factorProof, hasOneFactor, oneFactor } from '../../http/bodies/factor-proof.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'

/** Completes a sign-in by a second factor. */
export const postSecondFactor = openEndpoint({
  summary: 'Complete the sign-in that this browser has begun, by a second factor.',
  answers: { 201: signedInAnswer },
  takesApps: true,
  body: z.strictObject({ ...factorProof, ...tokenMembers }).refine(hasOneFactor, oneFactor),
  handle: async (call) => {
    const { context, body, actor } = call
    const from = await signingBrowserOf(call)
    const { completeSecondFactor } = await import('../../flows/acts.ts')
    const done = await completeSecondFactor(context, { proof: factorOf(body), from }, actor)
    return completed(call, signedIn(call, done.signedIn), done.completed)
  },
})
