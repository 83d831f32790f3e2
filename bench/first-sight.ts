/** T2: the first check of a token, compared with the bare signature check and other libraries. */
import { createPublicKey, sign, verify } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import { checkAccessToken } from '@keyhaven/core'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { jsonwebtoken } from './lib/untyped.ts'
import { machine, medianOf, race, table, verdict } from './lib/measure.ts'
import type { Contender } from './lib/measure.ts'
import { fresh, issuer, now, stockOf } from './lib/tokens.ts'
import type { Stock } from './lib/tokens.ts'

const CALLS = 1500

/** Only the signature check. For ES256 the limit uses OpenSSL's own form of a signature, which is faster. */
function bare({ alg, jwk, tokens, privateKey: signingKey }: Stock): Contender[] {
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  const hash = alg === 'Ed25519' ? null : 'sha256'
  const check =
    (input: Parameters<typeof verify>[2], signatures: readonly string[]) =>
    (at: number): void => {
      const token = fresh(tokens, at)
      const data = Buffer.from(token.slice(0, token.lastIndexOf('.')), 'latin1')
      const signature = Buffer.from(signatures[at % signatures.length] ?? '', 'base64url')
      if (!verify(hash, data, input, signature)) throw new Error('bare')
    }
  const raw = tokens.map((token) => token.split('.')[2] ?? '')
  if (alg !== 'ES256') return [{ name: `bare ${alg}`, run: check(key, raw) }]
  const der = tokens.map((token) => {
    const input = Buffer.from(token.slice(0, token.lastIndexOf('.')), 'latin1')
    return sign(hash, input, signingKey).toString('base64url')
  })
  return [
    { name: `bare ${alg}`, run: check(key, der) },
    {
      name: `bare ${alg}, dsaEncoding ieee-p1363`,
      run: check({ key, dsaEncoding: 'ieee-p1363' }, raw),
    },
  ]
}

function contenders(stock: Stock): Contender[] {
  const { alg, jwk, keys, tokens } = stock
  const pem = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    .export({ format: 'pem', type: 'spki' })
    .toString()
  const set = createLocalJWKSet({ keys: [jwk] } as Parameters<typeof createLocalJWKSet>[0])
  const checks = { allowedIss: issuer, allowedAud: issuer }
  const fast = createVerifier({
    key: pem,
    ...checks,
    algorithms: [alg === 'Ed25519' ? 'EdDSA' : alg],
  })
  return [
    ...bare(stock),
    {
      name: `keyhaven ${alg}`,
      run: (at) => {
        const checked = checkAccessToken(fresh(tokens, at), { keys, issuer, audience: issuer, now })
        if (!checked.ok) throw new Error(checked.reason)
      },
    },
    {
      name: `jose ${alg}`,
      run: (at) => jwtVerify(fresh(tokens, at), set, { issuer, audience: issuer, typ: 'at+jwt' }),
    },
    // fast-jwt does not know the fully specified name Ed25519, jsonwebtoken no EdDSA at all
    ...(alg === 'Ed25519'
      ? []
      : [{ name: `fast-jwt ${alg}`, run: (at: number) => fast(fresh(tokens, at)) as unknown }]),
    ...(alg === 'Ed25519'
      ? []
      : [
          {
            name: `jsonwebtoken ${alg}`,
            run: (at: number) =>
              jsonwebtoken.verify(fresh(tokens, at), pem, {
                issuer,
                audience: issuer,
                algorithms: [alg],
              }),
          },
        ]),
  ]
}

for (const alg of ['ES256', 'Ed25519', 'RS256'] as const) {
  const figures = await race(contenders(stockOf(alg)), CALLS)
  table(`T2 first sight, ${alg} (${machine()})`, figures)
  const limit = medianOf(figures, `bare ${alg}`)
  const ours = medianOf(figures, `keyhaven ${alg}`)
  const goal = Math.max(limit * 1.15, limit + 5)
  const peers = Object.fromEntries(
    figures
      .filter(({ name }) => /^(jose|fast|json)/.test(name))
      .map(({ name, median }) => [name, median]),
  )
  verdict({ target: `T2 ${alg}`, ours, unit: 'us', goal, limit, peers, holds: ours <= goal })
}
