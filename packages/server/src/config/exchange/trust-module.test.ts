import { describe, expect, it } from 'vitest'
import { trustModule } from './trust-module.ts'

const entry = {
  issuer: 'https://partner.example',
  audience: 'us',
  scopes: ['notes:read'],
  algorithms: ['ES256'],
  typ: 'JWT',
  account: () => undefined,
}
const key = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }
const load = (value: unknown) => trustModule(value, '.')

describe('trustModule', () => {
  it('takes entries with a URL of keys, with keys, and with neither', async () => {
    const keys = { ...entry, issuer: 'second', jwks: { keys: [key] } }
    const url = { ...entry, issuer: 'third', jwks: 'https://partner.example/keys' }
    expect(await load([entry, keys, url])).toEqual([entry, keys, url])
  })
  it.each([
    ['no list', {}, 'trust must be a list'],
    ['no entry', [null], 'trust[0].issuer must be'],
    ['a wrong member', [{ ...entry, acount: 1 }], "has 'acount'"],
    ['no audience', [{ ...entry, audience: '' }], 'trust[0].audience must be'],
    ['no scopes', [{ ...entry, scopes: undefined }], 'trust[0].scopes must be'],
    ['a scope of the service', [{ ...entry, scopes: ['keyhaven:accounts:read'] }], 'keyhaven:'],
    ['no algorithm', [{ ...entry, algorithms: [] }], 'trust[0].algorithms must be'],
    ['a symmetric algorithm', [{ ...entry, algorithms: ['HS256'] }], 'algorithms has HS256'],
    ['no type', [{ ...entry, typ: undefined }], 'trust[0].typ must be'],
    ['an account that is text', [{ ...entry, account: 'sub' }], 'must be a function'],
    ['keys that are no URL', [{ ...entry, jwks: 'ftp://a.example' }], 'jwks must be an https URL'],
    ['no URL at all', [{ ...entry, issuer: 'partner' }], 'jwks must be set'],
    ['no keys', [{ ...entry, jwks: { keys: [] } }], 'jwks must have 1 to 64 keys'],
    ['a private key', [{ ...entry, jwks: { keys: [{ ...key, d: 'd' }] } }], 'only public keys'],
    ['a secret', [{ ...entry, jwks: { keys: [{ kty: 'oct', k: 'k' }] } }], 'only public keys'],
    ['an issuer twice', [entry, entry], 'twice'],
    ['a module that is not there', 'no-such-trust.ts', 'can’t be loaded'],
  ])('refuses %s with one sentence (H41)', async (_, value, sentence) => {
    await expect(load(value)).rejects.toThrow(sentence)
  })
})
