/** A partner: publishes its public key, signs a JWT for one of its customers, and exchanges it for a token. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
} from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { api, service } from './places.ts'

const { PARTNER_PORT = '4010' } = process.env
const issuer = `http://localhost:${PARTNER_PORT}`

// One key for all runs, because the service reads the keys of an issuer every ten minutes
const file = new URL('partner-key.pem', import.meta.url)
if (!existsSync(file)) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
}
const key = createPrivateKey(readFileSync(file))
const keys = [{ ...createPublicKey(key).export({ format: 'jwk' }), kid: 'partner', alg: 'ES256' }]

const site = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }))
}).listen(Number(PARTNER_PORT), 'localhost')
await once(site, 'listening')

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = Math.floor(Date.now() / 1000)
const signed = [
  part({ alg: 'ES256', typ: 'JWT', kid: 'partner' }),
  part({
    iss: issuer,
    aud: service,
    sub: 'customer-7',
    iat: now,
    exp: now + 60,
    // Each token is exchanged once
    jti: randomUUID(),
  }),
].join('.')
const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
const jwt = `${signed}.${signature.toString('base64url')}`

const exchange = (): Promise<Response> =>
  fetch(`${service}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: jwt,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      // The audience of the notes API
      audience: new URL(service).origin,
    }),
  })
const answer = await exchange()
const result = (await answer.json()) as { access_token?: string; scope?: string }
console.log(`exchanged: ${answer.status}, scope ${result.scope}`)

const headers = { authorization: `Bearer ${result.access_token}` }
console.log(`notes: ${(await fetch(`${api}/notes`, { headers })).status}`)
console.log(`the same JWT again: ${(await exchange()).status}`)
site.close()
site.closeAllConnections()
