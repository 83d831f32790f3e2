import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createKeySet, generateSigningKey, issueAccessToken, publicJwks } from '@keyhaven/core'
import type { Jwk, KeySet } from '@keyhaven/core'

export const issuer = 'https://app.example/auth'
export const now: number = Math.floor(Date.now() / 1000)

/** Claims as the service issues them. */
export function claimsNumber(at: number): Parameters<typeof issueAccessToken>[0] {
  return {
    iss: issuer,
    sub: `${issuer}/accounts/acc_${at}`,
    aud: [issuer, 'https://app.example'],
    exp: now + 600,
    iat: now,
    jti: randomBytes(16).toString('base64url'),
    sid: `ses_${at}`,
    client_id: 'web',
    scope: 'notes:read notes:write notes:admin',
    auth_time: now,
    amr: ['pwd'],
    xsrf: randomBytes(32).toString('base64url'),
  }
}

/** An algorithm with a key, a key set, and tokens in rotation. */
export interface Stock {
  readonly alg: 'ES256' | 'Ed25519' | 'RS256'
  readonly privateKey: KeyObject
  readonly jwk: Jwk
  readonly keys: KeySet
  readonly tokens: readonly string[]
}

const TOKENS = 200

export function stockOf(alg: Stock['alg']): Stock {
  if (alg === 'RS256') return rsaStock()
  const key = generateSigningKey(alg)
  const jwks = publicJwks([key])
  const tokens = Array.from({ length: TOKENS }, (_, at) => issueAccessToken(claimsNumber(at), key))
  return { alg, privateKey: key.privateKey, jwk: key.publicJwk, keys: createKeySet(jwks), tokens }
}

function rsaStock(): Stock {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk: Jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' }
  const header = { alg: 'RS256', kid: 'rsa', typ: 'at+jwt' }
  const tokens = Array.from({ length: TOKENS }, (_, at) => {
    const input = [header, claimsNumber(at)]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
  })
  return { alg: 'RS256', privateKey, jwk, keys: createKeySet({ keys: [jwk] }), tokens }
}

/** A new string at every call, as in a request: without a cached hash, and not the same object. */
export function fresh(tokens: readonly string[], at: number): string {
  return Buffer.from(tokens[at % tokens.length] ?? '', 'latin1').toString('latin1')
}
