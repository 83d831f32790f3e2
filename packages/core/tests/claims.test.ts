import { describe, expect, it } from 'vitest'
import { claim, defineClaims } from '@keyhaven/core/access'
import type { ClaimsFor, ClaimsModule, ClaimValues, StandardSchema } from '@keyhaven/core/access'

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
  it('refuses invalid names, and claims marked neither `page` nor `server`', () => {
    expect(() => defineClaims({ 'a b': claim.page(text) })).toThrow('is not a claim name')
    // @ts-expect-error neither page nor server
    expect(() => defineClaims({ a: { visibility: 'all', schema: text } })).toThrow('claim.page')
  })
})

describe('claimsFor', () => {
  const plan = text as unknown as StandardSchema<'free' | 'pro'>
  const days = text as unknown as StandardSchema<('mon' | 'tue')[]>
  const seats = text as unknown as StandardSchema<number | undefined>
  const claims = defineClaims({
    plan: claim.page(plan),
    days: claim.page(days),
    seats: claim.server(seats),
  })
  interface Account {
    readonly email: string
  }
  function take<C extends ClaimsModule, const V = unknown>(options: {
    readonly claims: C
    readonly claimsFor: ClaimsFor<C, V, Account>
  }): unknown {
    return options.claimsFor({ email: 'a@example.com' })
  }
  it('compiles with an enum as one would write it (source 21)', async () => {
    const now = take({
      claims,
      claimsFor: (account) => ({ plan: account.email ? 'pro' : 'free', days: ['mon'] }),
    })
    const later = take({
      claims,
      claimsFor: async ({ email }) => {
        if (email === '') return { plan: 'free', days: [] }
        return { plan: 'pro', days: ['mon', 'tue'], seats: 3 }
      },
    })
    expect(now).toEqual({ plan: 'pro', days: ['mon'] })
    expect(await later).toEqual({ plan: 'pro', days: ['mon', 'tue'], seats: 3 })
  })
  it('does not compile with another value, nor without one that is needed', () => {
    // @ts-expect-error no such plan
    take({ claims, claimsFor: () => ({ plan: 'prp', days: [] }) })
    // @ts-expect-error any text
    take({ claims, claimsFor: async (account) => ({ plan: account.email, days: [] }) })
    // @ts-expect-error no days
    take({ claims, claimsFor: () => ({ plan: 'pro' }) })
    // @ts-expect-error an optional claim of another type
    const wrong = take({ claims, claimsFor: () => ({ plan: 'pro', days: [], seats: 'x' }) })
    expect(wrong).toMatchObject({ seats: 'x' })
  })
})
