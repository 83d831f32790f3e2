/** Issuing by algorithm, compared with the bare signature and other libraries, and the memory of a checked token. */
import { sign } from 'node:crypto'
import { checkAccessToken, generateSigningKey, issueAccessToken } from '@keyhaven/core'
import { createSigner } from 'fast-jwt'
import { SignJWT } from 'jose'
import { machine, race, table } from './lib/measure.ts'
import type { Contender } from './lib/measure.ts'
import { claimsNumber, fresh, issuer, now, stockOf } from './lib/tokens.ts'

function fastSigner(pem: string, claims: object): () => unknown {
  const sign = createSigner({ key: pem, algorithm: 'ES256' })
  return () => sign({ ...claims }) as unknown
}

for (const alg of ['ES256', 'Ed25519'] as const) {
  const key = generateSigningKey(alg)
  const { privateKey } = key
  const payload = Buffer.from(JSON.stringify(claimsNumber(1))).toString('base64url')
  const input = Buffer.from(`${key.header}.${payload}`, 'latin1')
  const hash = alg === 'ES256' ? 'sha256' : null
  const claims = claimsNumber(1)
  const header = { alg, kid: key.kid, typ: 'at+jwt' }
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const contenders: Contender[] = [
    { name: `bare ${alg}`, run: () => sign(hash, input, privateKey) },
    { name: `keyhaven ${alg}`, run: () => issueAccessToken(claims, key) },
    {
      name: `jose ${alg}`,
      run: () =>
        new SignJWT(claims as object as ConstructorParameters<typeof SignJWT>[0])
          .setProtectedHeader(header)
          .sign(privateKey),
    },
    ...(alg === 'ES256' ? [{ name: 'fast-jwt ES256', run: fastSigner(pem, claims) }] : []),
  ]
  table(`Issuing, ${alg} (${machine()})`, await race(contenders, 1500))
}

/** Bytes of a checked token in memory: its own flat text, its claims and its place in a map. */
const COUNT = 20_000
const { keys, tokens } = stockOf('ES256')
const held = new Map<string, unknown>()
const before = process.memoryUsage().heapUsed
for (let at = 0; at < COUNT; at++) {
  const token = fresh(tokens, at)
  const checked = checkAccessToken(token, { keys, issuer, audience: issuer, now })
  held.set(`${at}${token.slice(-43)}`, { token, checked })
}
const bytes = (process.memoryUsage().heapUsed - before) / COUNT
console.log(`\nA checked token held in memory: ${Math.round(bytes)} bytes (${held.size} held)`)
