import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { importKey } from './import-key.ts'
import type { Jwk } from './import-key.ts'

const jwkOf = (key: KeyObject): Jwk => key.export({ format: 'jwk' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
const okp = jwkOf(generateKeyPairSync('ed25519').publicKey)
const secret = Buffer.alloc(64, 200)

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
    expect(importKey(ec, 'none')).toMatchObject({
      reason: 'the algorithm is not known',
    })
    expect(importKey(ec, 'toString')).toMatchObject({
      reason: 'the algorithm is not known',
    })
    expect(importKey(null as unknown as Jwk, 'ES256')).toMatchObject({
      reason: 'the key is not a JWK',
    })
    expect(importKey(rsa.publicKey, 'HS256')).toMatchObject({ reason: 'HS256 needs a secret key' })
    expect(importKey(rsa.publicKey, 'Ed25519')).toMatchObject({
      reason: 'Ed25519 needs an Ed25519 key',
    })
    expect(importKey(okp, 'RS256')).toMatchObject({
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
  })
  it('refuses a key with the ROCA weakness', () => {
    let modulus = 1n
    for (let power = 1n; modulus < 1n << 2047n; power++) modulus = 65537n ** power
    const n = Buffer.from(modulus.toString(16).padStart(514, '0'), 'hex').toString('base64url')
    const key = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' })
    expect(importKey(key, 'RS256')).toMatchObject({ reason: 'the RSA key has the ROCA weakness' })
  })
})
