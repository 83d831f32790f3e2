import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { algorithmNamed } from './algorithms.ts'
import { isCanonicalBase64url } from './base64url.ts'
import { checkAccessToken } from './check-access-token.ts'
import { derOfRaw, rawOfDer } from './ecdsa-encoding.ts'
import { headerText } from './header.ts'
import { importKey } from './import-key.ts'
import type { Jwk } from './import-key.ts'
import { issueAccessToken } from './issue-access-token.ts'
import { createKeySet } from './key-set.ts'
import { generateSigningKey, publicJwks } from './signing-key.ts'
import { parseStrictObject } from './strict-json.ts'
import { verifyAccessToken } from './verify-access-token.ts'

const now = 1_800_000_000
const keys = { ES256: generateSigningKey('ES256'), Ed25519: generateSigningKey('Ed25519') }
const set = createKeySet(publicJwks([keys.ES256, keys.Ed25519]))
const claims = { iss: 'i', sub: 's', aud: ['i'], exp: now + 9, iat: now, jti: 'j', client_id: 'c' }
const expected = { keys: set, issuer: 'i', audience: 'i', now }
const reasonOf = (token: string): string => {
  const checked = checkAccessToken(token, expected)
  return checked.ok ? 'good' : checked.reason
}

describe('isCanonicalBase64url', () => {
  it('says yes to exactly the texts that re-encode to themselves', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (const a of alphabet) {
      for (const b of alphabet) {
        for (const text of [a + b, `AA${a}${b}`, `A${a}${b}`]) {
          const again = Buffer.from(text, 'base64url').toString('base64url')
          expect(isCanonicalBase64url(text), text).toBe(again === text)
        }
      }
    }
  })
  it.each(['', 'A', 'AAAAA', 'AA=', '!AAA', 'AAA!', 'AA\nAA', 'AA+A', 'AA/A', 'ÀAAA', 'AAA\u0141'])(
    'says no to %j',
    (text) => {
      expect(isCanonicalBase64url(text)).toBe(false)
    },
  )
})

describe('parseStrictObject', () => {
  const parse = (text: string): boolean => parseStrictObject(Buffer.from(text)).ok
  const nested = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`

  it.each([
    '{}',
    ' {"a":1} ',
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    String.raw`{"a\\":1,"a":2}`,
    String.raw`{"a":"\\","b":"\""}`,
    String.raw`{"a\"b":1,"a":2}`,
    String.raw`{"a":"\\\\\"","b":1}`,
    '{"a":"{[:","b":":,}]"}',
    '{"é":1,"è":2}',
  ])('takes %s', (text) => {
    expect(parse(text)).toBe(true)
  })
  it.each([
    '{"a":1,"a":1}',
    String.raw`{"a":1,"\u0061":2}`,
    '{"b":{"a":1,"a":2}}',
    '{"b":[0,{"a":1,"a":2}]}',
    '{"a":{"x":1},"a":{"y":1,"z":2}}',
    '{"__proto__":1,"__proto__":2}',
    '7',
    'null',
    '[]',
    '"a"',
    '',
  ])('refuses %s', (text) => {
    expect(parse(text)).toBe(false)
  })
  it('takes eight levels of lists or objects, and no ninth', () => {
    const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
    expect([parse(nested(7)), parse(nested(8)), parse(objects(8)), parse(objects(9))]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })
  it('counts levels where they close again', () => {
    expect(parse(`{"a":[${'[[]],'.repeat(50)}1]}`)).toBe(true)
  })
})

describe('derOfRaw and rawOfDer', () => {
  /** The same by big numbers, as slowly as X.690 says it. */
  function der(raw: Buffer): Buffer {
    const half = raw.length / 2
    const integers = [raw.subarray(0, half), raw.subarray(half)].map((part) => {
      const hex = BigInt(`0x${part.toString('hex')}`).toString(16)
      const even = hex.length % 2 ? `0${hex}` : hex
      const digits = Buffer.from(
        Number.parseInt(even.slice(0, 2), 16) > 127 ? `00${even}` : even,
        'hex',
      )
      return Buffer.concat([Buffer.from([2, digits.length]), digits])
    })
    const body = Buffer.concat(integers)
    const length = body.length > 127 ? [0x81, body.length] : [body.length]
    return Buffer.concat([Buffer.from([0x30, ...length]), body])
  }
  it.each([64, 96, 132])('agree with a slow encoder for %i bytes, and with each other', (bytes) => {
    for (let round = 0; round < 300; round++) {
      const raw = randomBytes(bytes)
      // Leading zeros of every number, in either half
      raw.fill(0, 0, round % (bytes / 2))
      if (round % 3 === 0) raw.fill(0, bytes / 2, bytes / 2 + (round % (bytes / 2)))
      if (round % 7 === 0) raw.writeUInt8(0x80, round % 2 ? 0 : bytes / 2)
      expect(derOfRaw(raw).toString('hex')).toBe(der(raw).toString('hex'))
      expect(rawOfDer(derOfRaw(raw), bytes).toString('hex')).toBe(raw.toString('hex'))
    }
    expect(derOfRaw(Buffer.alloc(bytes)).toString('hex')).toBe('3006020100020100')
  })
})

describe('checkAccessToken', () => {
  const token = issueAccessToken(claims, keys.ES256)
  const [h = '', p = '', s = ''] = token.split('.')

  it('looks at 8,192 characters and no more', () => {
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
  ])('says of %s what is wrong', (_what, text, reason) => {
    expect(reasonOf(text())).toBe(reason)
  })
  it('takes a token without session, scope and xsrf', () => {
    expect(reasonOf(token)).toBe('good')
  })
  it.each([
    ['good', { sub: 'x'.repeat(255) }],
    ['sub', { sub: 'x'.repeat(256) }],
    ['sub', { sub: ' x' }],
    ['sub', { sub: 'x ' }],
    ['scope', { scope: 7 }],
    ['good', { scope: '' }],
  ])('says %s of claims with %j', (reason, change) => {
    expect(reasonOf(issueAccessToken({ ...claims, ...(change as object) }, keys.ES256))).toBe(
      reason,
    )
  })
  it('takes the header in any order of its members', () => {
    const other = {
      ...keys.ES256,
      header: encode({ typ: 'at+jwt', kid: keys.ES256.kid, alg: 'ES256' }),
    }
    expect(reasonOf(issueAccessToken(claims, other))).toBe('good')
    const older = { ...keys.Ed25519, header: headerText('EdDSA', keys.Ed25519.kid) }
    expect(reasonOf(issueAccessToken(claims, older))).toBe('good')
  })
})

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')

describe('verifyAccessToken', () => {
  it('tells the failed check to whoever catches', () => {
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

describe('createKeySet', () => {
  const { publicJwk } = keys.ES256
  it('finds a key by the first segment of its tokens, EdDSA’s older name included', () => {
    const set = createKeySet(publicJwks([keys.ES256, keys.Ed25519]))
    expect(set.findByHeader(keys.ES256.header)?.kid).toBe(keys.ES256.kid)
    expect(set.findByHeader(headerText('EdDSA', keys.Ed25519.kid))?.kid).toBe(keys.Ed25519.kid)
    expect(set.findByHeader(keys.Ed25519.header)?.alg).toBe('Ed25519')
    expect(set.findByHeader(headerText('EdDSA', keys.ES256.kid))).toBeUndefined()
  })
  it('tells unnamed keys from keys that are named twice', () => {
    const twice = { ...publicJwk, kid: 'twice' }
    const unnamed = { ...publicJwk, kid: undefined }
    const { refused } = createKeySet({ keys: [twice, twice, unnamed, unnamed] })
    expect(refused.map(({ reason }) => reason)).toEqual([
      'the kid is used twice',
      'the kid is used twice',
      'the kid is missing or too long',
      'the kid is missing or too long',
    ])
  })
  it('takes a kid of 255 characters', () => {
    expect(createKeySet({ keys: [{ ...publicJwk, kid: 'k'.repeat(255) }] }).kids).toHaveLength(1)
  })
  it('refuses by name what it could only refuse as malformed', () => {
    const reasons = createKeySet({
      keys: [
        { kty: 'oct?', crv: 'P-256', kid: 'a' },
        { kty: 'oct?', crv: 'Ed25519', kid: 'b' },
        { ...publicJwk, kid: 'c', alg: 'PS256' },
      ],
    }).refused.map(({ reason }) => reason)
    expect(new Set(reasons)).toEqual(new Set(['the algorithm is not accepted']))
  })
  it('is empty where there is no list', () => {
    expect(createKeySet({} as { keys: [] })).toMatchObject({ kids: [], refused: [] })
  })
})

describe('generateSigningKey', () => {
  it.each(['ES256', 'Ed25519'] as const)('makes %s keys with a thumbprint for a name', (alg) => {
    const { publicJwk, kid, privateKey } = generateSigningKey(alg)
    expect(publicJwk).toMatchObject({ use: 'sig', alg, kid })
    expect(privateKey.asymmetricKeyType).toBe(alg === 'ES256' ? 'ec' : 'ed25519')
    const { crv, kty, x, y } = publicJwk
    const members = alg === 'ES256' ? { crv, kty, x, y } : { crv, kty, x }
    expect(kid).toBe(createHash('sha256').update(JSON.stringify(members)).digest('base64url'))
  })
})

describe('importKey', () => {
  const rsaWith = (change: Partial<Jwk>): Jwk => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    return { ...publicKey.export({ format: 'jwk' }), ...change }
  }
  const modulus = (bytes: number): string => {
    const n = randomBytes(bytes)
    n.writeUInt8(0xff, 0)
    n.writeUInt8(0xff, bytes - 1)
    return n.toString('base64url')
  }
  it.each([
    ['2', 'Ag', 'the RSA exponent is weak'],
    ['4', 'BA', 'the RSA exponent is weak'],
    ['3', 'Aw', undefined],
  ])('judges the RSA exponent %s', (_e, e, reason) => {
    const imported = importKey(rsaWith({ e }), 'RS256')
    expect(imported.ok ? undefined : imported.reason).toBe(reason)
  })
  it('takes RSA keys of 8,192 bits and no longer ones', () => {
    expect(importKey(rsaWith({ n: modulus(1024) }), 'RS256').ok).toBe(true)
    expect(importKey(rsaWith({ n: modulus(1025) }), 'RS256')).toMatchObject({
      reason: 'the RSA key has more than 8192 bits',
    })
  })
  it('refuses what is no key at all', () => {
    expect(importKey(7 as unknown as Jwk, 'ES256')).toMatchObject({
      reason: 'the key is not a JWK',
    })
    expect(algorithmNamed(['ES256'])).toBeUndefined()
  })
})
