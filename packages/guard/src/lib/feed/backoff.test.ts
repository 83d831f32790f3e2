import { describe, expect, it } from 'vitest'
import { createBackoff } from './backoff.ts'

describe('createBackoff', () => {
  it('waits ever longer, never at once, never past its bound, and begins anew after a good time', () => {
    const most = createBackoff(
      () => 1,
      () => 60_000,
    )
    const waits = Array.from({ length: 10 }, () => most(0))
    expect(waits.slice(0, 5)).toEqual([520, 1020, 2020, 4020, 8020])
    expect(waits.at(-1)).toBe(10_020)
    expect(most(9999)).toBe(10_020)
    expect(most(10_000)).toBe(520)
    const least = createBackoff(
      () => 0,
      () => 60_000,
    )
    expect(least(0)).toBeGreaterThan(0)
    const strict = createBackoff(
      () => 1,
      () => 5000,
    )
    expect(Math.max(...Array.from({ length: 10 }, () => strict(0)))).toBeLessThan(2000)
  })
})
