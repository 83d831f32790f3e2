import * as z from 'zod'
import { completed } from '../../http/answers/mailed.ts'
import { signedIn, signedInAnswer } from '../../http/answers/signed-in.ts'
import { tokenMembers } from '../../http/bodies/token-members.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { hasOneProof, oneProof, proof, proofOf } from '../../http/bodies/proof.ts'
import { device } from './schemas.ts'

/** Signs in by the link or the code of a mail. */
export const postSessionsEmailConfirm = openEndpoint({
  summary: 'Sign in by the link or the code of a mail, in the browser that requested it.',
  answers: { 201: signedInAnswer },
  takesApps: true,
  body: z
    .strictObject({ ...proof, device, remember: z.boolean().optional(), ...tokenMembers })
    .refine(hasOneProof, oneProof),
  handle: async (call) => {
    const { context, body, actor } = call
    const { device: name, remember } = body
    const from = { ...(await signingBrowserOf(call)), device: name, remember }
    const { confirmMailSignIn } = await import('../../flows/acts.ts')
    const done = await confirmMailSignIn(context, { proof: proofOf(body), from }, actor)
    return completed(call, signedIn(call, done.signedIn), done.completed)
  },
})
