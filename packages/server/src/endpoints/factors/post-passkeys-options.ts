import { guardedEndpoint } from '../../http/endpoint.ts'
import { members } from '../../http/answers/shapes.ts'

/** Begins to add a passkey. */
export const postPasskeysOptions = guardedEndpoint({
  summary: 'Begin to add a passkey: options for `navigator.credentials.create`.',
  answers: { 200: members },
  handle: async ({ context, caller }) => {
    const { enrolPasskey } = await import('../../flows/acts.ts')
    return {
      status: 200,
      body: await enrolPasskey(context, caller),
    }
  },
})
