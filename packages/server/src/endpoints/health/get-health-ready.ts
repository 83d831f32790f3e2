import { openEndpoint } from '../../http/endpoint.ts'
import { isReady } from '../../flows/startup/is-ready.ts'
import { healthAnswer } from './schemas.ts'

/** The database answers and takes writes too; 503 if it does not. */
export const getHealthReady = openEndpoint({
  summary: 'The database answers and takes writes too.',
  answers: { 200: healthAnswer },
  handle: async ({ context }) => {
    await isReady(context)
    return { status: 200, body: { status: 'ok' } }
  },
})
