import * as z from 'zod'
import { completed } from '../../http/answers/mailed.ts'
import { signedIn, signedInAnswer } from '../../http/answers/signed-in.ts'
import { tokenMembers } from '../../http/bodies/token-members.ts'
import { password } from '../../http/bodies/members.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { deviceCookie } from '../../http/cookies/cookies.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { hasOneProof, oneProof, proof, proofOf } from './schemas.ts'

/** Confirms an address, and signs in the browser that signed up. */
export const postEmailVerificationsConfirm = openEndpoint({
  summary: 'Confirm an address, and sign in if this browser signed up.',
  answers: { 200: () => z.strictObject({ email: z.string() }), 201: signedInAnswer },
  takesApps: true,
  body: z
    .strictObject({ ...proof, password: password.optional(), ...tokenMembers })
    .refine(hasOneProof, oneProof),
  handle: async (call) => {
    const { context, site, body, actor } = call
    const from = await signingBrowserOf(call)
    const confirmation = { proof: proofOf(body), password: body.password, from }
    const { confirmEmail } = await import('../../flows/acts.ts')
    const confirmed = await confirmEmail(context, confirmation, actor)
    const answer =
      confirmed.opened === undefined
        ? {
            status: 200,
            body: { email: confirmed.email },
            cookies: [deviceCookie(site, confirmed.deviceCookie)],
          }
        : signedIn(call, { ...confirmed.opened, deviceCookie: confirmed.deviceCookie })
    return completed(call, answer, confirmed.completed)
  },
})
