import { describe, expect, it } from 'vitest'
import { createBudget } from './budget.ts'

describe('createBudget', () => {
  it('exceeds its number in no second, whenever that begins', () => {
    let now = 0
    const budget = createBudget({ most: 3, ofOne: 3 }, () => now)
    const taken: number[] = []
    for (now = 0; now < 5000; now += 40) if (budget.take()) taken.push(now)
    for (const from of taken) {
      expect(taken.filter((at) => at >= from && at < from + 1000).length).toBeLessThanOrEqual(3)
    }
    expect(taken.length).toBeGreaterThanOrEqual(14)
  })
  it('counts no call that was given back', () => {
    const budget = createBudget({ most: 2, ofOne: 2 }, () => 0)
    for (let at = 0; at < 100; at++) {
      const giveBack = budget.take()
      expect(giveBack).toBeDefined()
      giveBack?.()
      giveBack?.()
    }
    budget.take()
    budget.take()
    expect(budget.take()).toBeUndefined()
  })
  it('leaves calls for other networks when one takes all that it may', () => {
    let now = 0
    const budget = createBudget({ most: 3, ofOne: 2 }, () => now)
    const took = (network: string): boolean => budget.take(network) !== undefined
    expect([took('a'), took('a'), took('a'), took('b'), took('c')]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
    now = 1000
    expect(took('a')).toBe(true)
  })
})
