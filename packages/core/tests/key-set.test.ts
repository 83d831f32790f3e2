import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createKeySet, generateSigningKey, publicJwks } from '@keyhaven/core'
import type { Jwk } from '@keyhaven/core'

const keys = { ES256: generateSigningKey('ES256'), Ed25519: generateSigningKey('Ed25519') }
const jwkOf = (key: KeyObject): Jwk => key.export({ format: 'jwk' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
const okp = jwkOf(generateKeyPairSync('ed25519').publicKey)
const headerOf = (alg: string, kid: string): string =>
  Buffer.from(JSON.stringify({ alg, kid, typ: 'at+jwt' })).toString('base64url')

describe('createKeySet', () => {
  const { publicJwk } = keys.ES256
  it('finds a key by the first segment of its tokens, EdDSA’s older name included', () => {
    const set = createKeySet(publicJwks([keys.ES256, keys.Ed25519]))
    expect(set.findByHeader(keys.ES256.header)?.kid).toBe(keys.ES256.kid)
    expect(set.findByHeader(headerOf('EdDSA', keys.Ed25519.kid))?.kid).toBe(keys.Ed25519.kid)
    expect(set.findByHeader(keys.Ed25519.header)?.alg).toBe('Ed25519')
    expect(set.findByHeader(headerOf('EdDSA', keys.ES256.kid))).toBeUndefined()
  })
  it('distinguishes unnamed keys from keys that are named twice', () => {
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
  it('accepts a kid of 255 characters', () => {
    expect(createKeySet({ keys: [{ ...publicJwk, kid: 'k'.repeat(255) }] }).kids).toHaveLength(1)
  })
  it('names the algorithm as the reason, not a malformed key', () => {
    const reasons = createKeySet({
      keys: [
        { kty: 'oct?', crv: 'P-256', kid: 'a' },
        { kty: 'oct?', crv: 'Ed25519', kid: 'b' },
        { ...publicJwk, kid: 'c', alg: 'PS256' },
      ],
    }).refused.map(({ reason }) => reason)
    expect(new Set(reasons)).toEqual(new Set(['the algorithm is not accepted']))
  })
  it('is empty without a list', () => {
    expect(createKeySet({} as { keys: [] })).toMatchObject({ kids: [], refused: [] })
  })
  it('assigns a key without an algorithm the one of its type', () => {
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
  it('reads 64 keys at most, and survives values that are no set', () => {
    const keys = Array.from({ length: 70 }, (_, at) => ({ ...ec, kid: `k${at}` }))
    expect(createKeySet({ keys }).kids).toHaveLength(64)
    expect(createKeySet(null as unknown as { keys: [] }).kids).toEqual([])
    expect(createKeySet({ keys: 7 as unknown as [] }).kids).toEqual([])
  })
  it('finds no key by the name of an object’s member', () => {
    expect(createKeySet({ keys: [{ ...ec, kid: 'k' }] }).find('constructor')).toBeUndefined()
  })
})
