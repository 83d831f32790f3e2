import { describe, expect, it } from 'vitest'
import {
  checkAccessToken,
  createKeySet,
  generateSigningKey,
  issueAccessToken,
  publicJwks,
  verifyAccessToken,
} from '@keyhaven/core'

const now = 1_800_000_000
const keys = { ES256: generateSigningKey('ES256'), Ed25519: generateSigningKey('Ed25519') }
const set = createKeySet(publicJwks([keys.ES256, keys.Ed25519]))
const claims = { iss: 'i', sub: 's', aud: ['i'], exp: now + 9, iat: now, jti: 'j', client_id: 'c' }
const expected = { keys: set, issuer: 'i', audience: 'i', now }
const reasonOf = (token: string): string => {
  const checked = checkAccessToken(token, expected)
  return checked.ok ? 'good' : checked.reason
}
const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')

describe('checkAccessToken', () => {
  const token = issueAccessToken(claims, keys.ES256)
  const [h = '', p = '', s = ''] = token.split('.')

  it('checks 8,192 characters and refuses longer tokens', () => {
    expect(reasonOf('.'.repeat(8192))).toBe('not three segments')
    expect(reasonOf('.'.repeat(8193))).toBe('size')
  })
  it.each([
    ['a.b.c', () => 'a.b.c', 'not canonical base64url'],
    ['.b.c', () => '.b.c', 'not three segments'],
    ['a..c', () => 'a..c', 'not canonical base64url'],
    ['ab.cd', () => 'ab.cd', 'not three segments'],
    ['abcd', () => 'abcd', 'not three segments'],
    ['a dot more', () => `${h}.${p}.${s}.`, 'not three segments'],
    ['a padded header', () => `${h}=.${p}.${s}`, 'not canonical base64url'],
    ['a padded payload', () => `${h}.${p}=.${s}`, 'not canonical base64url'],
  ])('names the failed check of %s', (_what, text, reason) => {
    expect(reasonOf(text())).toBe(reason)
  })
  it('accepts a token without session, scope and xsrf', () => {
    expect(reasonOf(token)).toBe('good')
  })
  it.each([
    ['good', { sub: 'x'.repeat(255) }],
    ['sub', { sub: 'x'.repeat(256) }],
    ['sub', { sub: ' x' }],
    ['sub', { sub: 'x ' }],
    ['scope', { scope: 7 }],
    ['good', { scope: '' }],
  ])('finds %s in claims with %j', (reason, change) => {
    expect(reasonOf(issueAccessToken({ ...claims, ...(change as object) }, keys.ES256))).toBe(
      reason,
    )
  })
  it('accepts the header in any order of its members', () => {
    const other = {
      ...keys.ES256,
      header: encode({ typ: 'at+jwt', kid: keys.ES256.kid, alg: 'ES256' }),
    }
    expect(reasonOf(issueAccessToken(claims, other))).toBe('good')
    const older = {
      ...keys.Ed25519,
      header: encode({ alg: 'EdDSA', kid: keys.Ed25519.kid, typ: 'at+jwt' }),
    }
    expect(reasonOf(issueAccessToken(claims, older))).toBe('good')
  })
})

describe('verifyAccessToken', () => {
  it('names the failed check in the error', () => {
    const error: unknown = (() => {
      try {
        return verifyAccessToken('x', expected)
      } catch (caught) {
        return caught
      }
    })()
    expect(error).toMatchObject({ details: { reason: 'not three segments' } })
  })
})
