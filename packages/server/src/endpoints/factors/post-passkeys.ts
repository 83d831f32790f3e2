import * as z from 'zod'
import { browserOf } from '../../http/callers/browser.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'
import { passkeyResponse } from '../../http/bodies/factor-proof.ts'
import { addedFactorAnswer, passkeyName } from './schemas.ts'

/** Adds a passkey. Without a name it has that of the browser in which it was made. */
export const postPasskeys = guardedEndpoint({
  summary: 'Add a passkey; the first factor brings recovery codes.',
  answers: { 201: addedFactorAnswer },
  body: z.strictObject({ response: passkeyResponse, name: passkeyName.optional() }),
  handle: async ({ context, request, body, caller, actor }) => {
    const { response, name = browserOf(request) ?? null } = body
    const { addPasskey } = await import('../../flows/acts.ts')
    const added = await addPasskey(context, { live: caller, response, name }, actor)
    return { status: 201, body: added }
  },
})
