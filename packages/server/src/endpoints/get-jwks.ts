import { openEndpoint } from '../http/endpoint.ts'
import { jwksAnswer } from './answers.ts'

/** The public keys (RFC 7517). */
export const getJwks = openEndpoint({
  summary: 'The public keys (RFC 7517).',
  answers: { 200: jwksAnswer },
  handle: async ({ rooms }) => ({
    status: 200,
    body: await rooms.database.read(async ({ now }) => rooms.keys.at(now).jwks),
    headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=60' },
  }),
})
