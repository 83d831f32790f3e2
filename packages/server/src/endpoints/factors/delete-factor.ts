import { guardedEndpoint } from '../../http/endpoint.ts'

/** Removes one second factor of the caller. */
export const deleteFactor = guardedEndpoint({
  summary: 'Remove one of my second factors; the last one takes the recovery codes with it.',
  answers: { 204: undefined },
  handle: async ({ context, path, caller, actor }) => {
    const { removeFactor } = await import('../../flows/acts.ts')
    await removeFactor(context, { live: caller, id: path['id'] ?? '' }, actor)
    return { status: 204 }
  },
})
