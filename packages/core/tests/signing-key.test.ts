import { createHash, createPrivateKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { generateSigningKey, importSigningKey } from '@keyhaven/core'

describe('generateSigningKey', () => {
  it.each(['ES256', 'Ed25519'] as const)('makes %s keys with a thumbprint for a name', (alg) => {
    const { publicJwk, kid, privateKey } = generateSigningKey(alg)
    expect(publicJwk).toMatchObject({ use: 'sig', alg, kid })
    expect(privateKey.asymmetricKeyType).toBe(alg === 'ES256' ? 'ec' : 'ed25519')
    const { crv, kty, x, y } = publicJwk
    const members = alg === 'ES256' ? { crv, kty, x, y } : { crv, kty, x }
    expect(kid).toBe(createHash('sha256').update(JSON.stringify(members)).digest('base64url'))
  })
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
