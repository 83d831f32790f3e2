import { describe, expect, it } from 'vitest'
import { claim, defineClaims } from './access.ts'
import type { ClaimValues, StandardSchema } from './access.ts'

const text: StandardSchema<string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'string' ? { value } : { issues: [{ message: 'not a text' }] },
    types: { input: '', output: '' },
  },
}

describe('defineClaims', () => {
  it('keeps who may see each claim, and infers what the application must give', () => {
    const claims = defineClaims({ plan: claim.page(text), seat: claim.server(text) })
    expect([claims.plan.visibility, claims.seat.visibility]).toEqual(['page', 'server'])
    const values: ClaimValues<typeof claims> = { plan: 'free', seat: 'a' }
    // @ts-expect-error a misspelt claim
    const misspelt: ClaimValues<typeof claims> = { plan: 'free', saet: 'a' }
    // @ts-expect-error a value of another type
    const wrong: ClaimValues<typeof claims> = { plan: 1, seat: 'a' }
    expect([values, misspelt, wrong]).toHaveLength(3)
  })
  it.each(['iss', 'sub', 'exp', 'scope', 'xsrf', 'act', 'era', '__proto__', 'constructor'])(
    'refuses the reserved name %s (C30, JOSE-24)',
    (name) => {
      const claims = Object.fromEntries([[name, claim.page(text)]])
      expect(() => defineClaims(claims)).toThrow('is reserved')
    },
  )
  it('refuses names that are none, and claims that nobody marked', () => {
    expect(() => defineClaims({ 'a b': claim.page(text) })).toThrow('is not a claim name')
    // @ts-expect-error neither page nor server
    expect(() => defineClaims({ a: { visibility: 'all', schema: text } })).toThrow('claim.page')
  })
})
