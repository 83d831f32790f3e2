import { describe, expect, it } from 'vitest'
import { checkExchange } from './exchange-settings.ts'

const issuer = 'https://app.example/auth'
const trusted = {
  issuer: 'https://partner.example/',
  audience: 'us',
  scopes: [],
  algorithms: ['ES256'],
  typ: 'JWT',
  account: () => undefined,
}
const check = (given: Partial<Parameters<typeof checkExchange>[0]>, development = false) =>
  checkExchange(
    { exchange: undefined, trust: undefined, allowPrivate: undefined, ...given },
    { issuer, development },
  )

describe('checkExchange', () => {
  it('permits nothing without the settings', () => {
    expect(check({})).toEqual({ audiences: [], trust: [], allowPrivate: [] })
  })
  it('refuses the service itself as an API and as an issuer, and http outside development (H2, H32)', () => {
    expect(() => check({ exchange: { audiences: [issuer] } })).toThrow('remove it')
    expect(() => check({ trust: [{ ...trusted, issuer }] })).toThrow('remove it')
    const plain = { trust: [{ ...trusted, jwks: 'http://partner.example/keys' }] }
    expect(() => check(plain)).toThrow('development only')
    expect(check(plain, true).trust).toHaveLength(1)
  })
})
