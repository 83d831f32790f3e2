import * as z from 'zod'
import { shape } from '../../http/answers/shape.ts'
import { factorProof } from '../../http/bodies/factor-proof.ts'
import { signingBrowserOf } from '../../http/callers/signing-browser.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { givenOf, isOneChoice, oneChoice, pause, token } from './schemas.ts'

/** The address that counts now, or that the account is paused. */
const undone = shape(() =>
  z.union([z.strictObject({ email: z.string() }), z.strictObject({ paused: z.literal(true) })]),
)

/** Brings a former address back by the link that it was mailed. */
export const postEmailChangesUndo = openEndpoint({
  summary:
    'Bring a former address back by the link that it was mailed, and end every session. An account that had a second factor before requires it; with `pause` its sessions end, and for 7 days no mail resets its password.',
  answers: { 200: undone },
  body: z.strictObject({ token, ...factorProof, pause }).refine(isOneChoice, oneChoice),
  handle: async (call) => {
    const { context, body, actor } = call
    const from = await signingBrowserOf(call)
    const undoing = { token: body.token, ...givenOf(body), from }
    const { undoEmailChange } = await import('../../flows/acts.ts')
    return { status: 200, body: await undoEmailChange(context, undoing, actor) }
  },
})
