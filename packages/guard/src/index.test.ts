import { describe, expect, it } from 'vitest'
import { cookieNames, createGate, createGuard, createRevocations, readCookie } from './index.ts'
import type { RevocationEntry } from './index.ts'

describe('readCookie', () => {
  it('reads exact names, trims space and tab only, and takes at most four values', () => {
    expect(readCookie('a=1; keyhaven=x;\tkeyhaven = y ; Keyhaven=z', 'keyhaven')).toEqual([
      'x',
      'y',
    ])
    expect(
      readCookie('keyhaven=1;keyhaven=2;keyhaven=3;keyhaven=4;keyhaven=5', 'keyhaven'),
    ).toHaveLength(4)
    expect(readCookie('\u00a0keyhaven=x', 'keyhaven')).toEqual([])
    expect(readCookie(undefined, 'keyhaven')).toEqual([])
  })
  it('is not misled by quotes around other cookies (K22)', () => {
    expect(readCookie('a="x; keyhaven=token; b=y"', 'keyhaven')).toEqual(['token'])
  })
})

describe('cookieNames', () => {
  it('has the prefix over https alone', () => {
    expect(cookieNames(new URL('https://app.example/auth'))).toEqual({
      access: '__Host-Http-keyhaven',
      session: '__Host-Http-keyhaven-session',
    })
    expect(cookieNames(new URL('http://localhost:4000/auth')).access).toBe('keyhaven')
  })
})

describe('createRevocations', () => {
  const claims = { jti: 'j', sid: 's', client_id: 'web' }
  const entry = (change: Partial<RevocationEntry>): RevocationEntry => ({
    seq: 1,
    kind: 'sid',
    id: 's',
    code: 'session_ended',
    until: 1000,
    ...change,
  })
  it('takes entries in any order and any number of times; the graver code stays', () => {
    const copy = createRevocations()
    expect(copy.find(claims)).toBeUndefined()
    copy.add(entry({ seq: 3, code: 'account_locked' }))
    copy.add(entry({ seq: 2 }))
    copy.add(entry({ seq: 2 }))
    expect(copy).toMatchObject({ seq: 3, size: 1 })
    expect(copy.find(claims)).toBe('account_locked')
  })
  it('drops what can hit nothing any more, and keeps keys for ever', () => {
    const copy = createRevocations()
    copy.add(entry({}))
    copy.add(entry({ kind: 'kid', id: 'k', code: 'token_expired' }))
    copy.drop(4001)
    expect(copy.find(claims)).toBeUndefined()
    expect(copy.findKey('k')).toBe('token_expired')
  })
})

describe('createGuard', () => {
  it.each([
    ['https://app.example/auth', 'write revocations: "off"'],
    ['http://app.example/auth', 'must be https'],
    ['https://app.example/auth/', 'without a slash'],
    ['nonsense', 'without a slash'],
  ])('refuses %s with a sentence', (issuer, sentence) => {
    expect(() => createGuard({ issuer })).toThrow(sentence)
  })
})

describe('createGate', () => {
  const guard = createGuard({ issuer: 'http://localhost:1/auth', log: () => {} })
  it.each([
    ['GET /*', 'opens every route'],
    ['GET /:x/*', 'opens every route'],
    ['/health', 'must be a method and a path'],
    ['get /health', 'must be a method and a path'],
    ['GET /a(b)?', 'can’t be matched safely'],
  ])('refuses the public pattern %s with a sentence', (pattern, sentence) => {
    expect(() => createGate(guard, { public: [pattern] })).toThrow(sentence)
  })
})
