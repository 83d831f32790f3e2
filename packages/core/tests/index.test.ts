import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import {
  checkAccessToken,
  createKeySet,
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  issueAccessToken,
  publicJwks,
  verifyAccessToken,
  verifyJws,
} from '@keyhaven/core'

const issuer = 'https://app.example/auth'
const now = 1_800_000_000
const claims: AccessTokenClaims = {
  iss: issuer,
  sub: `${issuer}/accounts/acc_1`,
  aud: [issuer, 'https://app.example'],
  exp: now + 600,
  iat: now,
  jti: 'jti-1',
  sid: 'ses_1',
  client_id: 'web',
  scope: 'notes:read',
  xsrf: createHash('sha256').update('x').digest('base64url'),
}
const keys = { ES256: generateSigningKey('ES256'), Ed25519: generateSigningKey('Ed25519') }
const set = createKeySet(publicJwks([keys.ES256, keys.Ed25519]))
const expected = { keys: set, issuer, audience: 'https://app.example', now }

const encode = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return Buffer.from(text).toString('base64url')
}

/** Signs any header and payload with our own ES256 key. */
function signed(header: unknown, payload: unknown): string {
  const input = `${encode(header)}.${encode(payload)}`
  const signature = sign('sha256', Buffer.from(input), {
    key: keys.ES256.privateKey,
    dsaEncoding: 'ieee-p1363',
  })
  return `${input}.${signature.toString('base64url')}`
}

const header = { alg: 'ES256', kid: keys.ES256.kid, typ: 'at+jwt' }
const reasonOf = (token: string, more: object = {}): string => {
  const checked = checkAccessToken(token, { ...expected, ...more })
  return checked.ok ? 'good' : `${checked.code}: ${checked.reason}`
}

describe('issueAccessToken', () => {
  it.each(['ES256', 'Ed25519'] as const)('signs %s tokens that verify to what went in', (alg) => {
    const token = issueAccessToken(claims, keys[alg])
    expect(verifyAccessToken(token, expected)).toEqual(claims)
    const [first = ''] = token.split('.')
    expect(JSON.parse(Buffer.from(first, 'base64url').toString())).toEqual({
      alg,
      kid: keys[alg].kid,
      typ: 'at+jwt',
    })
  })
  it('issues no token of over 3,500 bytes and names the claims, not their values', () => {
    const large = { ...claims, note: 'secret'.repeat(600) }
    const refused = (): string => issueAccessToken(large, keys.ES256)
    expect(refused).toThrow(expect.objectContaining({ code: 'token_too_large' }))
    const error: unknown = (() => {
      try {
        return refused()
      } catch (caught) {
        return caught
      }
    })()
    const { reason } = (error as { details: { reason: string } }).details
    expect(reason).toMatch(/^note 3602, aud \d+, .*exp 10/)
    expect(JSON.stringify(error)).not.toContain('secretsecret')
    let longest = 0
    for (let size = 2000; size < 2600; size++) {
      try {
        longest = issueAccessToken({ ...claims, note: 'x'.repeat(size) }, keys.ES256).length
      } catch {
        break
      }
    }
    expect(longest).toBeGreaterThan(3495)
    expect(longest).toBeLessThanOrEqual(3500)
  })
  it('signs with a key that went through its private JWK', () => {
    const again = importSigningKey(exportSigningKey(keys.Ed25519))
    expect(again.kid).toBe(keys.Ed25519.kid)
    expect(verifyAccessToken(issueAccessToken(claims, again), expected)).toEqual(claims)
  })
})

describe('checkAccessToken', () => {
  it.each([{ jkt: 'x' }, { 'x5t#S256': 'x' }, { jwk: {} }, {}, null, false, 'x'])(
    'refuses a token that is bound to a key by cnf %j: nothing checks the proof (attacks 11)',
    (cnf) => {
      expect(reasonOf(signed(header, { ...claims, cnf }))).toBe('token_invalid: cnf')
    },
  )
  it('takes a token with an era and one without, and no era that is none (H6)', () => {
    expect(reasonOf(signed(header, { ...claims, era: 'Zm9v' }))).toBe('good')
    expect(reasonOf(signed(header, claims))).toBe('good')
    for (const era of [1, '', null, 'a b']) {
      expect(reasonOf(signed(header, { ...claims, era }))).toBe('token_invalid: era')
    }
  })
})

describe('publicJwks', () => {
  it('publishes no private member, and alg, use and kid on each key (JOSE-22)', () => {
    for (const jwk of publicJwks([keys.ES256, keys.Ed25519]).keys) {
      expect(jwk).toMatchObject({ use: 'sig', kid: expect.any(String), alg: expect.any(String) })
      expect(Object.keys(jwk)).not.toContain('d')
    }
  })
})

describe('verifyAccessToken', () => {
  it('takes a JWK Set, a Date and milliseconds too', () => {
    const token = issueAccessToken(claims, keys.ES256)
    const jwks = publicJwks([keys.ES256])
    const at = { ...expected, keys: jwks }
    expect(verifyAccessToken(token, { ...at, now: new Date(now * 1000) })).toEqual(claims)
    expect(verifyAccessToken(token, { ...at, now: now * 1000 })).toEqual(claims)
  })
  it('throws a KeyhavenError with the code', () => {
    expect(() => verifyAccessToken('x', expected)).toThrow(
      expect.objectContaining({ name: 'KeyhavenError', code: 'token_invalid' }),
    )
  })
})

describe('checkAccessToken', () => {
  const good = signed(header, claims)

  it('accepts the twin of every token that is refused below', () => {
    expect(reasonOf(good)).toBe('good')
  })
  it('accepts every optional claim in its right form, and aud as one text', () => {
    const more = { auth_time: now, session_exp: now + 9, amr: ['pwd', 'otp'], nbf: now + 5 }
    expect(reasonOf(signed(header, { ...claims, ...more }))).toBe('good')
    // The token of a user who has not proved who they are
    expect(reasonOf(signed(header, { ...claims, auth_time: 0 }))).toBe('good')
    expect(reasonOf(signed(header, { ...claims, aud: 'https://app.example' }))).toBe('good')
    expect(reasonOf(signed(header, { ...claims, iat: now + 5, exp: now + 86_405 }))).toBe('good')
  })
  it('takes any of several audiences, and none that is not there', () => {
    expect(reasonOf(good, { audience: ['https://other.example', 'https://app.example'] })).toBe(
      'good',
    )
    expect(reasonOf(good, { audience: ['https://other.example'] })).toBe('token_invalid: aud')
    expect(reasonOf(good, { audience: [] })).toBe('token_invalid: aud')
  })
  it('accepts typ as a media type in any case (JOSE-20)', () => {
    expect(reasonOf(signed({ ...header, typ: 'Application/AT+JWT' }, claims))).toBe('good')
  })
  it.each([
    ['that is no text', 7 as unknown as string, 'size'],
    ['of nothing', '', 'not three segments'],
    ['with a leading dot', `.${good}`, 'not three segments'],
    ['over 8 KiB', `${good}${'A'.repeat(8192)}`, 'size'],
    ['with two segments', good.slice(0, good.lastIndexOf('.')), 'not three segments'],
    ['with four segments', `${good}.`, 'not three segments'],
    ['with padding', `${good}=`, 'not canonical base64url'],
    ['with a line end', `${good}\n`, 'not canonical base64url'],
    ['without signature', `${good.slice(0, good.lastIndexOf('.'))}.`, 'not canonical base64url'],
  ])('refuses a token %s', (_what, token, reason) => {
    expect(reasonOf(token)).toBe(`token_invalid: ${reason}`)
  })
  it.each([
    ['alg none', { ...header, alg: 'none' }, 'header: alg is not the key’s'],
    ['another alg of the family', { ...header, alg: 'ES384' }, 'header: alg is not the key’s'],
    ['an unknown kid', { ...header, kid: 'other' }, 'header: unknown kid'],
    ['kid __proto__', { ...header, kid: '__proto__' }, 'header: unknown kid'],
    ['an embedded key', { ...header, jwk: keys.ES256.publicJwk }, 'header: exactly alg, kid, typ'],
    ['crit', { ...header, crit: ['b64'], b64: false }, 'header: exactly alg, kid, typ'],
    ['no typ', { alg: 'ES256', kid: keys.ES256.kid }, 'header: exactly alg, kid, typ'],
    ['typ JWT', { ...header, typ: 'JWT' }, 'typ'],
    ['an array', [], 'header: not a JSON object'],
    ['null', null, 'header: not a JSON object'],
    ['a text', '"x"', 'header: not a JSON object'],
    ['a kid that is a number', { ...header, kid: 7 }, 'header: exactly alg, kid, typ'],
    ['an alg that is a list', { ...header, alg: ['ES256'] }, 'header: exactly alg, kid, typ'],
    ['a typ that is null', { ...header, typ: null }, 'header: exactly alg, kid, typ'],
  ])('refuses a header with %s', (_what, wrong, reason) => {
    expect(reasonOf(signed(wrong, claims))).toBe(`token_invalid: ${reason}`)
  })
  it('refuses repeated members in header and claims (JOSE-4)', () => {
    const twice = `{"alg":"ES256","alg":"ES256","kid":"${keys.ES256.kid}","typ":"at+jwt"}`
    expect(reasonOf(signed(twice, claims))).toContain('header: a member name is repeated')
    const subs = JSON.stringify(claims).replace('{', '{"\\u0073ub":"x",')
    expect(reasonOf(signed(header, subs))).toContain('claims: a member name is repeated')
  })
  it('refuses nesting deeper than 8', () => {
    const nest = (depth: number): unknown => (depth === 0 ? 1 : { a: nest(depth - 1) })
    expect(reasonOf(signed(header, { ...claims, deep: nest(7) }))).toBe('good')
    expect(reasonOf(signed(header, { ...claims, deep: nest(8) }))).toContain('nesting')
  })
  it.each([
    ['iss', { iss: `${issuer}/` }],
    ['iss', { iss: undefined }],
    ['aud', { aud: undefined }],
    ['aud', { aud: [] }],
    ['aud', { aud: [1, 'https://app.example'] }],
    ['aud', { aud: ['https://app.example/'] }],
    ['exp and iat are whole seconds', { exp: undefined }],
    ['exp and iat are whole seconds', { exp: String(now + 600) }],
    ['exp and iat are whole seconds', { exp: now + 600.5 }],
    ['exp and iat are whole seconds', { iat: null }],
    ['exp - iat', { exp: (now + 600) * 1000 }],
    ['exp - iat', { exp: now + 86_401 }],
    ['iat lies ahead', { iat: now + 6 }],
    ['nbf', { nbf: now + 6 }],
    ['nbf', { nbf: 'now' }],
    ['sub', { sub: 'ü' }],
    ['sub', { sub: 'x'.repeat(256) }],
    ['jti', { jti: undefined }],
    ['client_id', { client_id: 7 }],
    ['sid', { sid: ['a'] }],
    ['scope', { scope: 'notes:*' }],
    ['auth_time', { auth_time: 'x' }],
    ['auth_time', { auth_time: -1 }],
    ['session_exp', { session_exp: -1 }],
    ['amr', { amr: 'pwd' }],
    ['amr', { amr: ['pwd', 7] }],
    ['xsrf', { xsrf: 7 }],
    ['exp - iat', { iat: now + 600 }],
    ['exp and iat are whole seconds', { iat: 0 }],
  ])('refuses by %s: %j', (reason, change) => {
    expect(reasonOf(signed(header, { ...claims, ...change }))).toBe(`token_invalid: ${reason}`)
  })
  it('refuses exp 1e400, which is Infinity to a lenient parser (JOSE-18)', () => {
    const endless = JSON.stringify(claims).replace(String(now + 600), '1e400')
    expect(reasonOf(signed(header, endless))).toContain('exp and iat are whole seconds')
  })
  it('is good to the last of 5 seconds of leeway and expired after it', () => {
    expect(reasonOf(good, { now: now + 604 })).toBe('good')
    expect(reasonOf(good, { now: now + 605 })).toBe('token_expired: exp')
    expect(reasonOf(good, { now: now + 605, leeway: 60 })).toBe('token_expired: exp')
  })
  it('refuses everything if it has no clock', () => {
    expect(reasonOf(good, { now: Number.NaN })).toBe('token_invalid: the verifier has no clock')
  })
  it('refuses a token that another key signed under our kid', () => {
    const stranger = generateSigningKey('ES256')
    const [, , signature] = issueAccessToken(claims, stranger).split('.')
    expect(reasonOf(`${good.slice(0, good.lastIndexOf('.'))}.${signature}`)).toBe(
      'token_invalid: signature',
    )
  })
})

describe('createKeySet', () => {
  const rsa = (bits: number) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
    return { ...publicKey.export({ format: 'jwk' }), kid: `rsa-${bits}`, alg: 'RS256' }
  }
  it('leaves out keys that are weak, private, symmetric, unnamed or named twice', () => {
    const privateKey = { ...exportSigningKey(keys.ES256), kid: 'private' }
    const twice = { ...keys.Ed25519.publicJwk, kid: 'twice' }
    const { kids, refused } = createKeySet({
      keys: [
        rsa(2048),
        rsa(1024),
        privateKey,
        { kty: 'oct', k: 'AAAA', kid: 'secret' },
        { ...keys.ES256.publicJwk, kid: undefined },
        twice,
        twice,
        { ...keys.ES256.publicJwk, kid: 'off', x: keys.ES256.publicJwk.y },
        { ...keys.ES256.publicJwk, kid: 'enc', use: 'enc' },
        null,
      ],
    })
    expect(kids).toEqual(['rsa-2048'])
    expect(refused).toHaveLength(9)
  })
})

describe('verifyJws', () => {
  it('gives header and payload of a good signature', () => {
    const { payload, header: seen } = verifyJws(signed(header, claims), {
      key: keys.ES256.publicJwk,
      alg: 'ES256',
    })
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual(claims)
    expect(seen).toEqual(header)
  })
  it('knows HMAC, and refuses keys shorter than the hash (JOSE-14)', () => {
    const mac = (k: Buffer): string => {
      const input = `${encode({ alg: 'HS256' })}.`
      return `${input}.${createHmac('sha256', k).update(input).digest('base64url')}`
    }
    const long = Buffer.alloc(32, 7)
    const jwk = { kty: 'oct', k: long.toString('base64url') }
    expect(verifyJws(mac(long), { key: jwk, alg: 'HS256' }).payload).toHaveLength(0)
    const short = Buffer.alloc(31, 7)
    expect(() =>
      verifyJws(mac(short), { key: { kty: 'oct', k: short.toString('base64url') }, alg: 'HS256' }),
    ).toThrow(expect.objectContaining({ code: 'token_invalid' }))
  })
})
