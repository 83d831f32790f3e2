import { openEndpoint } from '../../http/endpoint.ts'
import { isReady } from '../../flows/startup/is-ready.ts'
import { healthAnswer } from './schemas.ts'

/** 200 if the database answers and accepts writes; 503 otherwise. */
export const getHealthReady = openEndpoint({
  summary: 'The database answers and accepts writes.',
  answers: { 200: healthAnswer },
  handle: async ({ context }) => {
    await isReady(context)
    return { status: 200, body: { status: 'ok' } }
  },
})
