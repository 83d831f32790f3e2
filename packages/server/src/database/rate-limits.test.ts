import { DatabaseSync } from 'node:sqlite'
import { RateLimiterSQLite } from 'rate-limiter-flexible'
import { afterAll, describe, expect, it } from 'vitest'
import type { Counters } from './counting.ts'
import { createRateLimits } from './rate-limits.ts'
import type { Attempt, CountedAttempt } from './rate-limits.ts'

const raw = new DatabaseSync(':memory:')
raw.exec('create table rate_limits (key text primary key, points integer, expire integer)')
const counters: Counters = {
  inTurn: (work) => work(),
  limiter: (rule) =>
    new RateLimiterSQLite({
      storeClient: {
        prepare: (sql: string) => raw.prepare(sql),
        // One statement each: it is its own transaction
        transaction: (work: () => unknown) => work,
      },
      storeType: 'better-sqlite3',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: false,
      ...rule,
    }),
  dropBefore: async () => 0,
}
const limits = createRateLimits(counters, (text) => text)
afterAll(() => raw.close())

/** Wrong passwords that one network may try, for any account. */
const BY_NETWORK = 500

let accounts = 0
const newAccount = (): string => `account ${++accounts}`

/** Counts attempts until one is refused, at most this many. @returns how many were allowed. */
async function tried(most: number, attempt: (at: number) => Attempt): Promise<number> {
  for (let at = 0; at < most; at++) {
    const refused = await limits.countAttempt(attempt(at)).then(
      () => false,
      (error: { code: string }) => error.code === 'rate_limited',
    )
    if (refused) return at
  }
  return most
}

/** Ends the 15 minutes in which a device's attempts are counted. */
async function forgetLast(account: string, device: string): Promise<void> {
  const limiter = counters.limiter({ keyPrefix: 'device', points: 10, duration: 900 })
  expect(await limiter.delete(`device ${account} ${device}`)).toBe(true)
}

/** Ends the minutes in which attempts are counted by another rule. */
async function forgetMinutes(rule: string, subject: string): Promise<void> {
  const limiter = counters.limiter({ keyPrefix: rule, points: 1, duration: 900 })
  await limiter.delete(`${rule} ${subject}`)
}

const anywhere = (at: number): string => `198.18.${at >> 8}.${at & 255}`

describe('attempts without a known device', () => {
  it('are 10 from one network and 30 from all', async () => {
    const account = newAccount()
    expect(await tried(20, () => ({ account, address: '203.0.113.1' }))).toBe(10)
    expect(await tried(200, (at) => ({ account, address: anywhere(at) }))).toBe(20)
  })
  it('refused by one rule use up nothing of another (source 10)', async () => {
    const account = newAccount()
    const address = '203.0.113.2'
    expect(await tried(200, (at) => ({ account, address: anywhere(at) }))).toBe(30)
    // The account's rule refuses these, so the network's count stays
    for (let at = 0; at < 20; at++) expect(await tried(1, () => ({ account, address }))).toBe(0)
    let elsewhere = 0
    for (let at = 0; at < 60; at++) {
      const other = newAccount()
      elsewhere += await tried(10, () => ({ account: other, address }))
    }
    expect(elsewhere).toBe(BY_NETWORK)
    // Now the network's rule refuses, so the account's count stays
    const free = newAccount()
    for (let at = 0; at < 20; at++)
      expect(await tried(1, () => ({ account: free, address }))).toBe(0)
    expect(await tried(200, (at) => ({ account: free, address: anywhere(at) }))).toBe(30)
  })
  it('are reset when the password is right, and refunded when it was not checked', async () => {
    const account = newAccount()
    const attempt = { account, address: '203.0.113.3' }
    const last = async (): Promise<CountedAttempt> => {
      await tried(9, () => attempt)
      return limits.countAttempt(attempt)
    }
    await (await last()).refund()
    expect(await tried(20, () => attempt)).toBe(1)
    const other = { ...attempt, account: newAccount() }
    await tried(9, () => other)
    await (await limits.countAttempt(other)).reset()
    expect(await tried(20, () => other)).toBe(10)
  })
  it('at malformed logins are counted by network only (source 25)', async () => {
    const address = '203.0.113.4'
    const malformed = { account: undefined, address }
    expect(await tried(490, () => malformed)).toBe(490)
    const account = newAccount()
    expect(await tried(20, () => ({ account, address }))).toBe(10)
    expect(await tried(1, () => malformed)).toBe(0)
    expect(await tried(1, () => ({ ...malformed, address: '203.0.113.5' }))).toBe(1)
  })
  it('without addresses are counted together, and slowed down by account', async () => {
    const account = newAccount()
    expect(await tried(200, () => ({ account, address: undefined }))).toBe(30)
    const all = BY_NETWORK * 10 - 30
    const malformed = { account: undefined, address: undefined }
    expect(await tried(BY_NETWORK * 2, () => malformed)).toBeLessThan(all)
  })
  it('are 100 in a row for one password if a mail can replace it (H15, P09)', async () => {
    const account = newAccount()
    const row = `${account} 1`
    const attempt = (at: number): Attempt => ({ account, row, address: anywhere(at) })
    let all = 0
    // With the 15 minutes over after each thirty
    for (let round = 0; round < 4; round++) {
      all += await tried(30, attempt)
      await forgetMinutes('account', account)
    }
    expect(all).toBe(100)
    const refusal: unknown = await limits.countAttempt(attempt(250)).catch((error) => error)
    expect(refusal).toMatchObject({
      code: 'rate_limited',
      message: expect.stringContaining('on a device that you have used before, or reset'),
      // Not the 400 days of the count
      details: { retryAfter: 15 * 60 },
    })
    // A known device has its own count, another password begins anew, and no mail means no row
    const mine = { account, row, address: anywhere(250), device: 'mine' }
    const counted = await limits.countAttempt(mine)
    expect(await tried(1, () => ({ ...attempt(250), row: `${account} 2` }))).toBe(1)
    expect(await tried(1, () => ({ ...attempt(250), row: undefined }))).toBe(1)
    expect(await tried(1, () => attempt(250))).toBe(0)
    await counted.reset()
    expect(await tried(1, () => attempt(250))).toBe(1)
  })
})

describe('attempts on a known device', () => {
  it('are not limited by attempts elsewhere, and do not limit them', async () => {
    const account = newAccount()
    const address = '203.0.113.6'
    expect(await tried(20, () => ({ account, address }))).toBe(10)
    expect(await tried(200, (at) => ({ account, address: anywhere(at) }))).toBe(20)
    const mine = { account, address, device: 'mine' }
    const counted = await limits.countAttempt(mine)
    await counted.refund()
    expect(await tried(20, () => mine)).toBe(10)
    expect(await tried(20, () => ({ ...mine, device: 'my other' }))).toBe(10)
    // Neither device used up anything of another account from the same network
    const other = newAccount()
    expect(await tried(20, () => ({ account: other, address, device: 'mine' }))).toBe(10)
    expect(await tried(20, () => ({ account: other, address }))).toBe(10)
  })
  it('are reset when the password is right', async () => {
    const attempt = { account: newAccount(), address: '203.0.113.7', device: 'mine' }
    await tried(9, () => attempt)
    await (await limits.countAttempt(attempt)).reset()
    expect(await tried(20, () => attempt)).toBe(10)
  })
  it('count as on an unknown device after 30 in a row, until the password is right', async () => {
    const account = newAccount()
    const attempt = { account, address: '203.0.113.8', device: 'stolen' }
    // 30 in a row, with the 15 minutes over after each ten
    for (let at = 0; at < 3; at++) {
      expect(await tried(10, () => attempt)).toBe(10)
      await forgetLast(account, 'stolen')
    }
    // From now on as on an unknown device: ten from this network, counted for the account
    expect(await tried(20, () => attempt)).toBe(10)
    expect(await tried(200, (at) => ({ account, address: anywhere(at) }))).toBe(20)
    expect(await tried(1, () => ({ ...attempt, address: '203.0.113.9' }))).toBe(0)
  })
  it('have their own count again after a right password', async () => {
    const attempt = { account: newAccount(), address: '203.0.113.10', device: 'mine' }
    for (let at = 0; at < 3; at++) {
      await tried(10, () => attempt)
      await forgetLast(attempt.account, 'mine')
    }
    await (await limits.countAttempt(attempt)).reset()
    // Counted on the device only again: other networks have their thirty
    expect(await tried(20, () => attempt)).toBe(10)
    expect(await tried(200, (at) => ({ account: attempt.account, address: anywhere(at) }))).toBe(30)
  })
})
