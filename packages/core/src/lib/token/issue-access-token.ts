import { KeyhavenError } from '../errors/keyhaven-error.ts'
import type { AccessTokenClaims } from '../wire/claims.ts'
import { signWith } from './algorithms.ts'
import type { SigningKey } from './signing-key.ts'

/** Most bytes of a token that is issued: with the name and attributes of a cookie it must fit a cookie. */
const MAX_LENGTH = 3500

/**
 * Signs the claims as a compact JWS.
 * @throws KeyhavenError `token_too_large`; `details.reason` lists the claims by size, never their values.
 */
export function issueAccessToken(claims: AccessTokenClaims, key: SigningKey): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  const input = `${key.header}.${payload}`
  const signature = signWith(key.alg, key.privateKey, Buffer.from(input, 'latin1'))
  const token = `${input}.${signature.toString('base64url')}`
  if (token.length > MAX_LENGTH) {
    throw new KeyhavenError('token_too_large', { reason: sizes(claims) })
  }
  return token
}

function sizes(claims: AccessTokenClaims): string {
  return Object.entries(claims)
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(JSON.stringify(value) ?? '') }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(({ name, bytes }) => `${name} ${bytes}`)
    .join(', ')
}
