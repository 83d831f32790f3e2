import { describe, expect, it } from 'vitest'
import { authObjectFrom, noAccess } from './auth-object.ts'

const claims = {
  iss: 'i',
  sub: 'i/accounts/a',
  aud: ['i'],
  exp: 2000,
  iat: 1000,
  jti: 'j1',
  client_id: 'web',
}

describe('auth.signal', () => {
  it('is made when first read, and is the same then', () => {
    let made = 0
    const open = (): AbortSignal => {
      made += 1
      return new AbortController().signal
    }
    const signals = { open, sweep: () => {}, endTokens: () => {}, size: 0 }
    const { auth } = authObjectFrom({ claims, kid: 'k1' }, noAccess, signals)
    expect(made).toBe(0)
    const { signal } = auth
    expect(auth.signal).toBe(signal)
    expect(made).toBe(1)
  })
})
