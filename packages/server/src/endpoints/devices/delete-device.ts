import { forgetOneDevice } from '../../flows/devices/forget.ts'
import { guardedEndpoint } from '../../http/endpoint.ts'

/** Forgets one browser of the caller. */
export const deleteDevice = guardedEndpoint({
  summary: 'Forget one of my devices; its next sign-in is one of a new device.',
  answers: { 204: undefined },
  handle: async ({ context, path, caller, actor }) => {
    await forgetOneDevice(context, { live: caller, id: path['id'] ?? '' }, actor)
    return { status: 204 }
  },
})
