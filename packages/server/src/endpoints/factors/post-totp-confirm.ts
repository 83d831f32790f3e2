import * as z from 'zod'
import { anyText } from '../../http/bodies/members.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { recoveryCodesAnswer } from './schemas.ts'

const code = anyText(40, 'code', 'The code is missing: enter the one that the app shows.')

/** Makes an authenticator app a second factor. */
export const postTotpConfirm = guardedEndpoint({
  summary: 'Confirm an authenticator app by its code; the first factor brings recovery codes.',
  answers: { 200: recoveryCodesAnswer },
  body: z.strictObject({ code }),
  handle: async ({ context, path, body, caller, actor }) => {
    const proof = { live: caller, id: path['id'] ?? '', code: body.code }
    const { confirmEnrolledTotp } = await import('../../flows/acts.ts')
    return { status: 200, body: await confirmEnrolledTotp(context, proof, actor) }
  },
})
