import { guardedEndpoint } from '../../http/endpoint.ts'
import { newApiKeyAnswer, wantedKey } from './schemas.ts'

/** Makes an API key for the caller. */
export const postApiKeys = guardedEndpoint({
  summary: 'Make an API key for programs of mine; its secret is shown once.',
  answers: { 201: newApiKeyAnswer },
  body: wantedKey,
  handle: async ({ context, body, caller, actor }) => {
    const { createApiKey } = await import('../../flows/acts.ts')
    const key = await createApiKey(context, { live: caller, wanted: body }, actor)
    return { status: 201, body: key }
  },
})
