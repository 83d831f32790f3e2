import {
  checkAccessToken,
  createKeySet,
  generateSigningKey,
  issueAccessToken,
  parseStrictObject,
  publicJwks,
  verifyJws,
} from '@keyhaven/core'
import { allows } from '@keyhaven/core/access'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const now = 1_800_000_000
const issuer = 'https://app.example/auth'
const keys = [generateSigningKey('ES256'), generateSigningKey('Ed25519')]
const set = createKeySet(publicJwks(keys))
const expected = { keys: set, issuer, audience: issuer, now }
const claims = {
  iss: issuer,
  sub: `${issuer}/accounts/a`,
  aud: [issuer],
  exp: now + 600,
  iat: now,
  jti: 'j',
  client_id: 'web',
}

describe('a token', () => {
  it.each(keys.map((key) => [key.alg, key] as const))(
    'of %s is refused after any change of a single bit',
    (_alg, key) => {
      const token = issueAccessToken(claims, key)
      expect(checkAccessToken(token, expected).ok).toBe(true)
      const bytes = Buffer.from(token, 'latin1')
      let changed = 0
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const copy = Buffer.from(bytes)
        copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        expect(checkAccessToken(copy.toString('latin1'), expected).ok, `bit ${bit}`).toBe(false)
        changed++
      }
      expect(changed).toBe(token.length * 8)
    },
  )
  it('verifies to what was issued, whatever the application claims', () => {
    const names = fc.stringMatching(/^app_[a-z]{1,12}$/)
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.dictionary(names, fc.jsonValue({ maxDepth: 4 }), { maxKeys: 6 }),
        (key, more) => {
          const whole = { ...more, ...claims }
          fc.pre(JSON.stringify(whole).length < 2000)
          const checked = checkAccessToken(issueAccessToken(whole, key), expected)
          expect(checked.ok && checked.claims).toEqual(JSON.parse(JSON.stringify(whole)))
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('the verifier', () => {
  const parts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.base64String({ maxLength: 300 }),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
  )
  it('answers every text with a value, and never throws (D12)', () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 6 }), (segments) => {
        const checked = checkAccessToken(segments.join('.'), expected)
        expect(checked).toMatchObject({ ok: false, code: 'token_invalid' })
      }),
      { numRuns: 3000 },
    )
  })
  it('throws nothing but a KeyhavenError at the lowest door', () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 6 }), fc.anything(), (segments, odd) => {
        for (const input of [segments.join('.'), odd as string]) {
          expect(() => verifyJws(input, { key: keys[0]?.publicJwk ?? {}, alg: 'ES256' })).toThrow(
            expect.objectContaining({ name: 'KeyhavenError', code: 'token_invalid' }),
          )
        }
      }),
      { numRuns: 1000 },
    )
  })
  it.each([
    ['a million dots', '.'.repeat(1_000_000)],
    ['a million letters', 'A'.repeat(1_000_000)],
    ['a header of 6,000 brackets', `${Buffer.from('['.repeat(6000)).toString('base64url')}.e30.AA`],
    [
      'a header of 1,000 objects',
      `${Buffer.from('{"a":'.repeat(1000)).toString('base64url')}.e30.AA`,
    ],
  ])('answers %s', (_what, text) => {
    expect(checkAccessToken(text, expected).ok).toBe(false)
  })
  it.each(['['.repeat(1_000_000), '{"a":'.repeat(300_000), '"'.repeat(1_000_001)])(
    'answers a depth bomb of JSON with a reason',
    (text) => {
      expect(parseStrictObject(Buffer.from(text))).toMatchObject({ ok: false })
    },
  )
})

describe('allows', () => {
  const name = fc.constantFrom('a', 'b', 'notes', 'keyhaven')
  const scope = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join(':'))
  const grant = fc.oneof(
    scope,
    scope.map((one) => `${one}:*`),
    fc.constant('*'),
  )

  /** Said as slowly as the contract says it. */
  function oracle(granted: readonly string[], required: string): boolean {
    const wanted = required.split(':')
    return granted.some((one) => {
      if (one === '*') return wanted[0] !== 'keyhaven' || wanted.length === 1
      const held = one.split(':')
      if (held.at(-1) !== '*') return one === required
      const above = held.slice(0, -1)
      return wanted.length > above.length && above.every((part, at) => part === wanted[at])
    })
  }
  it('agrees with a naive oracle', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 5 }), scope, (granted, required) => {
        expect(allows(granted, required)).toBe(oracle(granted, required))
      }),
      { numRuns: 5000 },
    )
  })
  it('is monotone: more grants never allow less', () => {
    fc.assert(
      fc.property(fc.array(grant), fc.array(grant), scope, (some, more, required) => {
        fc.pre(allows(some, required))
        expect(allows([...more, ...some, ...more], required)).toBe(true)
      }),
    )
  })
})
