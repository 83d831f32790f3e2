import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { generateSigningKey, verifyJws } from '@keyhaven/core'
import type { Jwk } from '@keyhaven/core'

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
  it('accepts EdDSA as the older name of Ed25519, both ways', () => {
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
  ])('names the failed check: %s', (reason, token) => {
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
  ])('finds %s in a header with %j', (reason, more) => {
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
  ])('names the fault of a key: %s', (reason, change) => {
    const { key, sign: by } = signer('ES256')
    const wrong = { ...key, ...change } as Jwk
    expect(reasonOf(() => verifyJws(jws('ES256', by), { key: wrong, alg: 'ES256' }))).toBe(
      `key: ${reason}`,
    )
  })
  it('lets a header name a key that has no name of its own', () => {
    const { key, sign: by } = signer('ES256')
    const token = jws('ES256', by, { alg: 'ES256', kid: 'another' })
    expect(verifyJws(token, { key, alg: 'ES256' }).header).toMatchObject({ kid: 'another' })
  })
  it('accepts keys that name their use', () => {
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
