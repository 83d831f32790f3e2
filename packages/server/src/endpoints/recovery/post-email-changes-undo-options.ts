import * as z from 'zod'
import { members } from '../../http/answers/shapes.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { token } from './schemas.ts'

/** Begins the passkey of a user who wants to undo a change of address. */
export const postEmailChangesUndoOptions = openEndpoint({
  summary:
    'Get the options with which the page asks the browser for a passkey, to undo a change of address.',
  answers: { 200: members },
  body: z.strictObject({ token }),
  handle: async ({ context, body }) => {
    const { olderOptions } = await import('../../flows/acts.ts')
    return {
      status: 200,
      body: await olderOptions(context, { ...body, purpose: 'undo' }),
    }
  },
})
