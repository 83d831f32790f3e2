import { describe, expect, it } from 'vitest'
import { allowsPasskeys, factorsOf, isPasskeyOrigin } from './factor-settings.ts'
import type { FactorPolicy, FactorSettings } from './factor-settings.ts'

function read(url: string, rpId: string, allowedOrigins?: string[]): Promise<FactorSettings> {
  const values = { secondFactor: 'optional', rpId, allowedOrigins } as const
  function of(name: 'secondFactor'): FactorPolicy
  function of(name: 'rpId'): string
  function of(name: 'allowedOrigins'): readonly string[] | undefined
  function of(name: keyof typeof values): unknown {
    return values[name]
  }
  return factorsOf(of, new URL(url))
}

describe('the domain of passkeys (H48)', () => {
  it.each([
    ['https://auth.example.org/auth', 'auth.example.org'],
    ['https://auth.example.org/auth', 'example.org'],
    ['https://a.b.example.co.uk', 'example.co.uk'],
    ['http://app.localhost:4000', 'app.localhost'],
  ])('of %s may be %s', async (url, rpId) => {
    const settings = await read(url, rpId)
    expect(settings).toMatchObject({ rpId, origins: [new URL(url).origin] })
    expect(allowsPasskeys(settings)).toBe(true)
  })

  it.each([
    ['https://auth.example.org', 'evil.example', 'is not a parent domain of auth.example.org'],
    ['https://auth.example.org', 'h.example.org', 'is not a parent domain'],
    ['https://auth.example.org', 'ample.org', 'is not a parent domain'],
    ['https://auth.example.org', 'org', 'is a public suffix'],
    ['https://a.example.co.uk', 'co.uk', 'is a public suffix'],
    ['https://mine.fly.dev', 'fly.dev', 'is a public suffix'],
    ['https://192.0.2.7', '0.2.7', 'is not a parent domain'],
  ])('of %s may not be %s', async (url, rpId, why) => {
    await expect(read(url, rpId)).rejects.toThrow(why)
  })

  it('has the origins of the service that are in it, and no others', async () => {
    const allowed = ['https://app.example.org', 'https://example.org:8443', 'https://other.example']
    const settings = await read('https://auth.example.org/auth', 'example.org', allowed)
    const [app = '', port = '', other = ''] = allowed
    for (const origin of ['https://auth.example.org', app, port]) {
      expect(isPasskeyOrigin(settings, origin), origin).toBe(true)
    }
    const foreign = [
      'http://auth.example.org',
      'https://x.example.org',
      'http://localhost:3000',
      '',
    ]
    for (const origin of [other, ...foreign]) {
      expect(isPasskeyOrigin(settings, origin), origin).toBe(false)
    }
  })

  it('has every port of this machine in development', async () => {
    const settings = await read('http://localhost:4000/auth', 'localhost')
    for (const origin of ['http://localhost:5173', 'https://localhost']) {
      expect(isPasskeyOrigin(settings, origin), origin).toBe(true)
    }
    for (const origin of [
      'http://127.0.0.1:4000',
      'http://localhost:5173/',
      'http://localhost.evil.example',
    ]) {
      expect(isPasskeyOrigin(settings, origin), origin).toBe(false)
    }
  })

  it.each(['http://127.0.0.1:4000', 'http://[::1]:4000', 'https://192.0.2.7'])(
    'cannot be the address %s',
    async (url) => {
      expect(allowsPasskeys(await read(url, new URL(url).hostname))).toBe(false)
    },
  )
})
