import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createKeySet } from './key-set.ts'
import { importKey } from './import-key.ts'
import type { Jwk } from './import-key.ts'
import { hasRocaFingerprint } from './roca.ts'
import { generateSigningKey, importSigningKey } from './signing-key.ts'
import { verifyJws } from './verify-jws.ts'

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')
const jwkOf = (key: KeyObject): Jwk => key.export({ format: 'jwk' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const
const secret = Buffer.alloc(64, 200)

/** Every algorithm with a key that fits it, and how another implementation signs with it. */
function signer(alg: string): { key: Jwk; sign: (input: Buffer) => Buffer } {
  const hash = `sha${alg.slice(-3)}`
  if (alg.startsWith('HS')) {
    const key = { kty: 'oct', k: secret.toString('base64url') }
    return { key, sign: (input) => createHmac(hash, secret).update(input).digest() }
  }
  if (alg.startsWith('ES')) {
    const pair = generateKeyPairSync('ec', { namedCurve: curves[alg as keyof typeof curves] })
    const options = { key: pair.privateKey, dsaEncoding: 'ieee-p1363' } as const
    return { key: jwkOf(pair.publicKey), sign: (input) => sign(hash, input, options) }
  }
  if (alg === 'Ed25519') {
    const pair = generateKeyPairSync('ed25519')
    return { key: jwkOf(pair.publicKey), sign: (input) => sign(null, input, pair.privateKey) }
  }
  const padding = alg.startsWith('PS') ? { padding: 6, saltLength: Number(alg.slice(-3)) / 8 } : {}
  return {
    key: jwkOf(rsa.publicKey),
    sign: (input) => sign(hash, input, { key: rsa.privateKey, ...padding }),
  }
}

const names =
  'ES256 ES384 ES512 Ed25519 RS256 RS384 RS512 PS256 PS384 PS512 HS256 HS384 HS512'.split(' ')

function jws(alg: string, by: (input: Buffer) => Buffer, header: object = { alg }): string {
  const input = `${encode(header)}.${encode({ hello: 'world' })}`
  return `${input}.${by(Buffer.from(input)).toString('base64url')}`
}

function reasonOf(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (error) {
    return (error as { details: { reason: string } }).details.reason
  }
}

describe('verifyJws', () => {
  it.each(names)('checks %s, by its JWK and by its key object', (alg) => {
    const { key, sign: by } = signer(alg)
    // P-521 signatures take many lengths as integers: try enough of them
    for (let round = 0; round < 20; round++) {
      const token = jws(alg, by)
      expect(verifyJws(token, { key, alg }).header).toEqual({ alg })
      if (alg.startsWith('HS')) continue
      const object = createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
      expect(verifyJws(token, { key: object, alg }).header).toEqual({ alg })
    }
  })
  it.each(names)('refuses %s under every other name, and with a changed signature', (alg) => {
    const { key, sign: by } = signer(alg)
    for (const other of names.filter((one) => one !== alg)) {
      expect(reasonOf(() => verifyJws(jws(alg, by), { key, alg: other }))).not.toBe('accepted')
      expect(reasonOf(() => verifyJws(jws(alg, by, { alg: other }), { key, alg }))).toBe(
        'header: alg',
      )
    }
    const input = jws(alg, by).split('.').slice(0, 2).join('.')
    const broken = Buffer.from(by(Buffer.from(input)))
    broken.writeUInt8(broken.readUInt8(broken.length - 1) ^ 1, broken.length - 1)
    const changed = `${input}.${broken.toString('base64url')}`
    expect(reasonOf(() => verifyJws(changed, { key, alg }))).toBe('signature')
    const longer = `${input}.${Buffer.concat([broken, broken]).toString('base64url')}`
    expect(reasonOf(() => verifyJws(longer, { key, alg }))).toBe('signature')
  })
  it('takes EdDSA as the older name of Ed25519, both ways', () => {
    const { key, sign: by } = signer('Ed25519')
    const older = jws('EdDSA', by, { alg: 'EdDSA' })
    expect(verifyJws(older, { key, alg: 'Ed25519' }).header).toEqual({ alg: 'EdDSA' })
    expect(verifyJws(jws('Ed25519', by), { key, alg: 'EdDSA' }).header).toEqual({ alg: 'Ed25519' })
  })
  it('checks with the public half of a private key', () => {
    const key = generateSigningKey('ES256')
    const by = (input: Buffer): Buffer =>
      sign('sha256', input, { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
    expect(verifyJws(jws('ES256', by), { key: key.privateKey, alg: 'ES256' }).header).toBeDefined()
  })
  it.each([
    ['size', 'A'.repeat(1_048_577)],
    ['size', 7 as unknown as string],
    ['not three segments', 'a.b'],
    ['not three segments', 'a.b.c.d'],
    ['not canonical base64url', 'a=.b.c'],
    ['not canonical base64url', 'AA.A.AA'],
    ['not canonical base64url', 'AA.AA.'],
    ['header: not JSON', 'AAAA.AA.AA'],
    ['header: not UTF-8', '_w.AA.AA'],
  ])('says %s', (reason, token) => {
    const { key } = signer('ES256')
    expect(reasonOf(() => verifyJws(token, { key, alg: 'ES256' }))).toBe(reason)
  })
  it.each([
    ['header: crit', { crit: ['exp'] }],
    ['header: b64', { b64: true }],
    ['header: kid', { kid: 7 }],
    ['header: kid names another key', { kid: 'other' }],
    ['accepted', { kid: 'mine' }],
    ['accepted', { jwk: {}, x: 1 }],
  ])('says %s of a header with %j', (reason, more) => {
    const { key, sign: by } = signer('ES256')
    const token = jws('ES256', by, { alg: 'ES256', ...more })
    expect(reasonOf(() => verifyJws(token, { key: { ...key, kid: 'mine' }, alg: 'ES256' }))).toBe(
      reason,
    )
  })
  it.each([
    ['the key is for another algorithm', { alg: 'ES384' }],
    ['the key is not for signatures', { use: 'enc' }],
    ['the key may not check signatures', { key_ops: ['encrypt'] }],
    ['the key may not check signatures', { key_ops: ['verify', 'verify'] }],
    ['the key may not check signatures', { key_ops: 'verify' }],
    ['the key is malformed', { x: 'AAAA' }],
    ['the key is malformed', { kty: 'none' }],
    [
      'ES256 needs an EC key on prime256v1',
      jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
    ],
    ['ES256 needs an EC key on prime256v1', jwkOf(rsa.publicKey)],
    ['the secret is malformed', { kty: 'oct', k: 'a=' }],
    ['the secret is malformed', { kty: 'oct', k: 7 as unknown as string }],
  ])('says key: %s', (reason, change) => {
    const { key, sign: by } = signer('ES256')
    const wrong = { ...key, ...change } as Jwk
    expect(reasonOf(() => verifyJws(jws('ES256', by), { key: wrong, alg: 'ES256' }))).toBe(
      `key: ${reason}`,
    )
  })
  it('lets a header name a key that has no name of its own', () => {
    const { key, sign: by } = signer('ES256')
    const token = jws('ES256', by, { alg: 'ES256', kid: 'somebody' })
    expect(verifyJws(token, { key, alg: 'ES256' }).header).toMatchObject({ kid: 'somebody' })
  })
  it('takes keys that say what they are for', () => {
    const { key, sign: by } = signer('ES256')
    for (const more of [
      { use: 'sig' },
      { key_ops: ['verify'] },
      { key_ops: ['sign'] },
      { alg: 'ES256' },
    ]) {
      expect(verifyJws(jws('ES256', by), { key: { ...key, ...more }, alg: 'ES256' })).toBeDefined()
    }
  })
})

describe('importKey', () => {
  it.each([
    ['HS256', 31],
    ['HS384', 47],
    ['HS512', 63],
  ])('wants as many random bytes for %s as its hash has (J43)', (alg, short) => {
    const key = (length: number): Jwk => ({
      kty: 'oct',
      k: secret.subarray(0, length).toString('base64url'),
    })
    expect(importKey(key(short), alg)).toMatchObject({
      ok: false,
      reason: `${alg} needs a key of at least ${short + 1} bytes`,
    })
    expect(importKey(key(short + 1), alg).ok).toBe(true)
  })
  it('refuses text as a secret, in whatever script', () => {
    for (const text of ['correct horse battery staple!!!!', 'пароль пароль пароль пароль\n']) {
      const key = { kty: 'oct', k: Buffer.from(text).toString('base64url') }
      expect(importKey(key, 'HS256')).toMatchObject({
        reason: 'HS256 needs random bytes, and this key is text',
      })
    }
    const withControl = {
      kty: 'oct',
      k: Buffer.from(`${'a'.repeat(40)}\u0001`).toString('base64url'),
    }
    expect(importKey(withControl, 'HS256').ok).toBe(true)
  })
  it('refuses an algorithm that it does not know, and what is no key', () => {
    expect(importKey(signer('ES256').key, 'none')).toMatchObject({
      reason: 'the algorithm is not known',
    })
    expect(importKey(signer('ES256').key, 'toString')).toMatchObject({
      reason: 'the algorithm is not known',
    })
    expect(importKey(null as unknown as Jwk, 'ES256')).toMatchObject({
      reason: 'the key is not a JWK',
    })
    expect(importKey(rsa.publicKey, 'HS256')).toMatchObject({ reason: 'HS256 needs a secret key' })
    expect(importKey(rsa.publicKey, 'Ed25519')).toMatchObject({
      reason: 'Ed25519 needs an Ed25519 key',
    })
    expect(importKey(signer('Ed25519').key, 'RS256')).toMatchObject({
      reason: 'an RSA key is needed',
    })
  })
  it.each([
    ['the RSA key has fewer than 2048 bits', 1024, 65537],
    ['the RSA exponent is weak', 2048, 1],
  ])('says that %s (J42)', (reason, bits, exponent) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
    const e = exponent === 1 ? 'AQ' : 'AQAB'
    expect(importKey({ ...jwkOf(publicKey), e }, 'RS256')).toMatchObject({ ok: false, reason })
  })
})

describe('hasRocaFingerprint', () => {
  it('knows powers of 65537 modulo the primes, and no ordinary modulus', () => {
    // Every residue is 65537^k: such a number has the fingerprint whatever its size
    expect(hasRocaFingerprint(65537n ** 3n)).toBe(true)
    expect(hasRocaFingerprint(1n)).toBe(true)
    for (let round = 0; round < 3; round++) {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const n = BigInt(`0x${Buffer.from(jwkOf(publicKey).n ?? '', 'base64url').toString('hex')}`)
      expect(hasRocaFingerprint(n)).toBe(false)
    }
  })
  it('keeps such a key out of a set', () => {
    let modulus = 1n
    for (let power = 1n; modulus < 1n << 2047n; power++) modulus = 65537n ** power
    const n = Buffer.from(modulus.toString(16).padStart(514, '0'), 'hex').toString('base64url')
    const key = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' })
    expect(importKey(key, 'RS256')).toMatchObject({ reason: 'the RSA key has the ROCA weakness' })
  })
})

describe('createKeySet', () => {
  const { key: ec } = signer('ES256')
  const { key: okp } = signer('Ed25519')
  it('gives a key that names no algorithm the one of its kind', () => {
    const set = createKeySet({
      keys: [
        { ...ec, kid: 'a' },
        { ...okp, kid: 'b' },
        { ...jwkOf(rsa.publicKey), kid: 'c' },
      ],
    })
    expect(['a', 'b', 'c'].map((kid) => set.find(kid)?.alg)).toEqual(['ES256', 'Ed25519', 'RS256'])
  })
  it.each([
    ['the kid is missing or too long', { ...ec, kid: 'x'.repeat(256) }],
    ['the kid is missing or too long', { ...ec, kid: 7 }],
    ['the algorithm is not accepted', { ...ec, kid: 'k', alg: 'ES384' }],
    ['the algorithm is not accepted', { ...ec, kid: 'k', crv: 'P-384' }],
    ['the algorithm is not accepted', { kty: 'none', kid: 'k' }],
    ['the algorithm is not accepted', { ...okp, kid: 'k', crv: 'X25519' }],
    ['the key is not public', { ...ec, kid: 'k', d: 'AA' }],
    ['the key is not public', { kty: 'oct', kid: 'k', k: 'AA' }],
  ])('leaves out: %s', (reason, key) => {
    const { refused, kids } = createKeySet({ keys: [key] })
    expect(kids).toEqual([])
    expect(refused).toMatchObject([{ reason }])
  })
  it('looks at 64 keys at most, and survives what is no set', () => {
    const keys = Array.from({ length: 70 }, (_, at) => ({ ...ec, kid: `k${at}` }))
    expect(createKeySet({ keys }).kids).toHaveLength(64)
    expect(createKeySet(null as unknown as { keys: [] }).kids).toEqual([])
    expect(createKeySet({ keys: 7 as unknown as [] }).kids).toEqual([])
  })
  it('finds no key by a name that objects have', () => {
    expect(createKeySet({ keys: [{ ...ec, kid: 'k' }] }).find('constructor')).toBeUndefined()
  })
})

describe('generateSigningKey', () => {
  it('names a key by the thumbprint of RFC 7638 and RFC 8037', () => {
    const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A'
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
    const okp = importSigningKey({ kty: 'OKP', crv: 'Ed25519', d, x })
    expect(okp).toMatchObject({
      kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
      alg: 'Ed25519',
    })
    const ec = generateSigningKey('ES256')
    const again = importSigningKey(
      createPrivateKey(ec.privateKey.export({ format: 'pem', type: 'pkcs8' })).export({
        format: 'jwk',
      }),
    )
    expect(again).toMatchObject({
      kid: ec.kid,
      alg: 'ES256',
      publicJwk: ec.publicJwk,
      header: ec.header,
    })
  })
})
