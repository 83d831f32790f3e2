/**
 * oidc-provider with its in-memory adapter, one confidential client and signed JWTs as access tokens. Prints its
 * address; `GET /refresh-token` makes a refresh token of a person who has consented.
 */
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const server = createServer((request, response) => void handler(request, response))
server.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const address = `http://127.0.0.1:${server.address().port}`
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const resource = 'https://api.example'
const client = {
  client_id: 'bench',
  client_secret: 'a-secret-of-a-benchmark-of-fifty-characters-or-more',
  redirect_uris: ['https://app.example/callback'],
  id_token_signed_response_alg: 'ES256',
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
}
const provider = new Provider(address, {
  clients: [client],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
  cookies: { keys: ['a key of a benchmark'] },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: () => true,
  issueRefreshToken: () => true,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'notes:read',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 600,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
})
const callback = provider.callback()
const handler = async (request, response) => {
  if (request.url !== '/refresh-token') return callback(request, response)
  const found = await provider.Client.find(client.client_id)
  const grant = new provider.Grant({ clientId: client.client_id, accountId: 'person' })
  grant.addOIDCScope('openid offline_access')
  grant.addResourceScope(resource, 'notes:read')
  const grantId = await grant.save()
  const token = new provider.RefreshToken({
    accountId: 'person',
    client: found,
    grantId,
    gty: 'authorization_code',
    scope: 'openid offline_access notes:read',
    resource,
  })
  response.end(await token.save())
}
process.stdout.write(`ready at ${address}\n`)
