import { createHmac } from 'node:crypto'
import { checkAccessToken, createKeySet, generateSigningKey, publicJwks } from '@keyhaven/core'
import { describe, expect, it } from 'vitest'
import { outcomeOf, report, vectorText } from './vectors.ts'

describe('known weak secrets', () => {
  const secrets = vectorText('weak-secrets/jwt_secrets.txt')
    .split('\n')
    .filter((one) => one !== '')
  report('jwt_secrets.txt', secrets.length)

  it('sign nothing that verifies: an access token has no HMAC at all (J06, JOSE-7)', () => {
    const key = generateSigningKey('ES256')
    const jwks = publicJwks([key])
    const keys = createKeySet(jwks)
    const now = 1_800_000_000
    const claims = {
      iss: 'i',
      sub: 's',
      aud: ['i'],
      exp: now + 9,
      iat: now,
      jti: 'j',
      client_id: 'c',
    }
    const header = { alg: 'HS256', kid: key.kid, typ: 'at+jwt' }
    const input = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const publicForms = [JSON.stringify(jwks), JSON.stringify(key.publicJwk), '']
    let tried = 0
    for (const secret of [...secrets, ...publicForms]) {
      const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      expect(checkAccessToken(token, { keys, issuer: 'i', audience: 'i', now }).ok).toBe(false)
      tried++
    }
    expect(tried).toBe(secrets.length + 3)
  })
  it('are refused as keys of the lowest door too: too short, or text (JOSE-14, J43)', () => {
    const input = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30`
    const accepted = secrets.filter((secret) => {
      const jws = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      const key = { kty: 'oct', k: Buffer.from(secret).toString('base64url') }
      return outcomeOf(jws, key, 'HS256').accepted
    })
    expect(accepted).toEqual([])
  })
})
