import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { HashJob, HashPool } from './hash-pool.ts'
import { createPasswords } from './passwords.ts'

describe('createPasswords', () => {
  it('hashes as argon2id, verifies its hashes, and treats NFC and NFD alike (P13, 11.4.2)', async () => {
    const passwords = createPasswords()
    const hash = await passwords.hash('sign-up', 'café au lait')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await passwords.verify('sign-in', 'cafe\u0301 au lait', hash)).toBe(true)
    expect(await passwords.verify('sign-in', 'cafe au lait', hash)).toBe(false)
    await passwords.close()
  })
  it('distinguishes passwords after 72 bytes, at NUL and by spaces (P12, 6.2.8, 6.2.9)', async () => {
    const passwords = createPasswords()
    const long = 'x'.repeat(72)
    const hash = await passwords.hash('sign-up', `${long}a`)
    expect(await passwords.verify('sign-in', `${long}b`, hash)).toBe(false)
    const nul = await passwords.hash('sign-up', 'abc\u0000def')
    expect(await passwords.verify('sign-in', 'abc', nul)).toBe(false)
    expect(await passwords.verify('sign-in', 'abc\u0000def ', nul)).toBe(false)
    await passwords.close()
  })
  it('does the same work for an unknown account, and returns false (3.7)', async () => {
    const passwords = createPasswords()
    const hash = await passwords.hash('sign-up', 'correct horse battery')
    await passwords.close()
    const jobs: HashJob[] = []
    // Records the work, and finds that every password is right
    const recording: HashPool = {
      run: async (_, job) => {
        jobs.push(job)
        return true
      },
      requireRoom: () => {},
      state: () => ({ waiting: 0, running: 0, refused: 0 }),
      close: async () => {},
    }
    const recorded = createPasswords(recording)
    expect(await recorded.verify('sign-in', 'a password', hash)).toBe(true)
    expect(await recorded.verify('sign-in', 'a password', undefined)).toBe(false)
    const costs = jobs.map((job) => job.hash?.split('$').slice(1, 4).join('$'))
    expect(costs).toEqual(['argon2id$v=19$m=19456,t=2,p=1', 'argon2id$v=19$m=19456,t=2,p=1'])
  })
  it('lets 64 wait besides one for each core, and refuses more as overloaded (D06, P11)', async () => {
    const passwords = createPasswords()
    const seats = availableParallelism() + 64
    const code = (error: { code: string }): string => error.code
    const all = Array.from({ length: seats + 10 }, () =>
      passwords.verify('sign-in', 'x', undefined).then(() => 'done', code),
    )
    // None has waited yet, so that every refusal says that there was no place
    await passwords.close()
    const ends = await Promise.all(all)
    expect(ends.filter((end) => end === 'unavailable')).toHaveLength(seats)
    expect(ends.filter((end) => end === 'overloaded')).toHaveLength(10)
  })
  it('settles every hash when it is closed: those that run, those that wait, those that come later (source 21c)', async () => {
    const passwords = createPasswords()
    const seats = availableParallelism() + 3
    const code = (error: { code: string }): string => error.code
    const under = Array.from({ length: seats }, () =>
      passwords.hash('change', 'x').then(() => 'done', code),
    )
    await passwords.close()
    expect(await Promise.all(under)).toEqual(Array.from({ length: seats }, () => 'unavailable'))
    expect(await passwords.hash('change', 'x').catch(code)).toBe('unavailable')
    await passwords.close()
  })
})
