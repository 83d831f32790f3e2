import type { KeyhavenError } from '@keyhaven/core/errors'
import { RateLimiterRes } from 'rate-limiter-flexible'
import type { IRateLimiterOptions, RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import { networkOf } from '../config/address.ts'
import { CROWD, attemptRules, rateLimited, signUpRules } from '../config/limits.ts'

/** Where counts are kept. */
export interface Counters {
  /** Counts keys of one kind. */
  limiter(rule: IRateLimiterOptions): RateLimiterStoreAbstract
  /** Runs work on them in its turn among the process's other writers, and again if a lock was in the way. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /** Drops counts whose time was over at this millisecond, the oldest first; the answer counts them. */
  dropBefore(time: number, most: number): Promise<number>
}

const rules = { ...attemptRules, ...signUpRules }

type RuleName = keyof typeof rules

/** One count: what is counted, and by which rule. */
export interface Count {
  readonly limiter: RateLimiterStoreAbstract
  readonly key: string
}

/** What is done with counts. */
export interface Counting {
  of(rule: RuleName, subject: string): Count
  /** Without an address all clients have one count, which is larger. */
  byNetwork(rule: RuleName, address: string | undefined): Count
  /** All or none: what a later count refuses uses up nothing of those before it. */
  consume(...counts: readonly Count[]): Promise<void>
  /** Counts what has happened already. */
  add(count: Count): Promise<void>
  /** Refuses if a count is used up, and counts nothing. */
  requireRoom(count: Count): Promise<void>
  /** Gives one back. */
  reward(...counts: readonly Count[]): Promise<void>
  /** Begins anew. */
  clear(...counts: readonly Count[]): Promise<void>
  /** Costs what counting costs, and counts nothing. */
  pretend(...counts: readonly Count[]): Promise<void>
}

/** `sealed` makes a keyed hash: the database learns no address and no login from a count. */
export function createCounting(counters: Counters, sealed: (text: string) => string): Counting {
  const limiters = new Map<string, RateLimiterStoreAbstract>()
  const limiterOf = (rule: RuleName, times: number): RateLimiterStoreAbstract => {
    const name = `${rule} ${times}`
    const { points, duration } = rules[rule]
    const limiter =
      limiters.get(name) ?? counters.limiter({ keyPrefix: rule, points: points * times, duration })
    limiters.set(name, limiter)
    return limiter
  }
  const countOf = (rule: RuleName, subject: string, times = 1): Count => ({
    limiter: limiterOf(rule, times),
    key: sealed(`${rule} ${subject}`),
  })
  const each = async (
    counts: readonly Count[],
    work: (count: Count) => Promise<unknown>,
  ): Promise<void> => {
    for (const count of counts) await counters.inTurn(() => work(count))
  }
  const reward: Counting['reward'] = (...counts) =>
    each(counts, ({ limiter, key }) => limiter.reward(key))
  return {
    of: countOf,
    byNetwork: (rule, address) =>
      address === undefined
        ? countOf(rule, 'every client', CROWD)
        : countOf(rule, networkOf(address)),
    consume: async (...counts) => {
      for (const [at, { limiter, key }] of counts.entries()) {
        try {
          await counters.inTurn(() => limiter.consume(key))
        } catch (refusal) {
          if (!(refusal instanceof RateLimiterRes)) throw refusal
          await reward(...counts.slice(0, at))
          throw tooMany(refusal)
        }
      }
    },
    add: (count) => each([count], ({ limiter, key }) => limiter.penalty(key)),
    requireRoom: async ({ limiter, key }) => {
      const known = await counters.inTurn(() => limiter.get(key))
      if (known !== null && known.consumedPoints >= limiter.points) throw tooMany(known)
    },
    reward,
    clear: (...counts) => each(counts, ({ limiter, key }) => limiter.delete(key)),
    pretend: (...counts) => each(counts, ({ limiter, key }) => limiter.get(key)),
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes): KeyhavenError {
  return rateLimited(Math.max(1, Math.ceil(msBeforeNext / 1000)))
}
