import { openEndpoint } from '../http/endpoint.ts'
import { isReady } from '../flows/is-ready.ts'

/** The process runs. */
export const getHealthLive = openEndpoint({
  handle: () => ({ status: 200, body: { status: 'ok' } }),
})

/** The database answers too; 503 where it does not. */
export const getHealthReady = openEndpoint({
  handle: async ({ rooms }) => {
    await isReady(rooms)
    return { status: 200, body: { status: 'ok' } }
  },
})
