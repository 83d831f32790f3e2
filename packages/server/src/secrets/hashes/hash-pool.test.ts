import { describe, expect, it } from 'vitest'
import { createHashPool } from './hash-pool.ts'
import type { HashJob } from './hash-pool.ts'

/** Milliseconds that no busy machine uses up. */
const LONG = 600_000

const job: HashJob = {
  password: 'x',
  pepper: undefined,
  hash: undefined,

  parameters: { memoryCost: 8192, timeCost: 1, parallelism: 1 },
}

describe('createHashPool', () => {
  it('leaves sign-in all its places while other queues are full, and gives it every third turn (source 8)', async () => {
    // One thread, so that hashes end in the order in which they start, however busy the machine is
    const pool = createHashPool(1, LONG)
    const ended: string[] = []
    const hash = (purpose: 'sign-in' | 'sign-up' | 'change'): Promise<unknown> =>
      pool.run(purpose, job).then(
        () => ended.push(purpose),
        (error: { code: string }) => ended.push(`${purpose} ${error.code}`),
      )
    const flood = (['sign-up', 'change'] as const).flatMap((purpose) =>
      Array.from({ length: 60 }, () => hash(purpose)),
    )
    pool.requireRoom('sign-in')
    expect(() => pool.requireRoom('sign-up')).toThrow('busy')
    expect(() => pool.requireRoom('change')).toThrow('busy')
    await Promise.all(Array.from({ length: 5 }, () => hash('sign-in')))
    const turns = ended.filter((end) => !end.includes('overloaded'))
    // The one that ran already comes first, then one of three is a sign-in
    expect(turns.length).toBeLessThanOrEqual(1 + 3 * 5)
    expect(ended.filter((end) => end === 'sign-in')).toHaveLength(5)
    await pool.close()
    await Promise.all(flood)
  })
})
