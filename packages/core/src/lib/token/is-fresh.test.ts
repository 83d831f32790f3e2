import { describe, expect, it } from 'vitest'
import { isFresh } from './is-fresh.ts'

const now = 1_800_000_000_000

describe('isFresh', () => {
  it.each([
    ['a proof of this moment', now, true],
    ['one of exactly the age', now - 600_000, true],
    ['one that is a millisecond older', now - 600_001, false],
    ['one whose time another process wrote a moment ahead', now + 5000, true],
    ['one of the future, from a clock that was wrong', now + 5001, false],
  ])('decides by age: %s', (_what, authTime, fresh) => {
    expect(isFresh(authTime, now, 600)).toBe(fresh)
  })
  it('is false without a proof, whatever the age may be', () => {
    expect(isFresh(0, now, now)).toBe(false)
    expect(isFresh(0, 0, 600)).toBe(false)
  })
})
