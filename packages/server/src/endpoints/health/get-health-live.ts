import { openEndpoint } from '../../http/endpoint.ts'
import { healthAnswer } from './schemas.ts'

/** 200 while the process runs. */
export const getHealthLive = openEndpoint({
  summary: 'The process runs.',
  answers: { 200: healthAnswer },
  handle: () => ({ status: 200, body: { status: 'ok' } }),
})
