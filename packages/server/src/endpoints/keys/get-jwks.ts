import { openEndpoint } from '../../http/endpoint.ts'
import { jwksAnswer } from '../../http/answers/shapes.ts'

/** The public keys (RFC 7517). */
export const getJwks = openEndpoint({
  summary: 'The public keys (RFC 7517).',
  answers: { 200: jwksAnswer },
  handle: async ({ context }) => {
    // A guard may see a new key before this process has read its entry in the log
    const { time } = await context.revocations.follow()
    return {
      status: 200,
      body: context.keys.at(time).jwks,
      headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=60' },
    }
  },
})
