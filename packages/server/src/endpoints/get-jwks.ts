import { openEndpoint } from '../http/endpoint.ts'

/** The public keys (RFC 7517). */
export const getJwks = openEndpoint({
  handle: ({ rooms }) => ({
    status: 200,
    body: rooms.keys.jwks,
    headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'max-age=60' },
  }),
})
