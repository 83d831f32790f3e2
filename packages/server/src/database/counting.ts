import type { KeyhavenError } from '@keyhaven/core/errors'
import { RateLimiterRes } from 'rate-limiter-flexible'
import type { IRateLimiterOptions, RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import { networkOf } from '@keyhaven/guard/kit'
import {
  CROWD,
  attemptRules,
  mailRules,
  rateLimited,
  signUpRules,
  tooManyInARow,
} from '../config/limits.ts'
import { factorRules } from '../config/factors/factor-rules.ts'
import { passkeyRules } from '../config/factors/passkey-rules.ts'

/** The storage of counts. */
export interface Counters {
  /** A limiter that counts keys by one rule. */
  limiter(rule: IRateLimiterOptions): RateLimiterStoreAbstract
  /** Runs work when no other writer of the process runs, and again if the database was locked. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /**
   * Deletes at most `most` counts that expired before this millisecond, oldest first.
   * @returns how many.
   */
  dropBefore(time: number, most: number): Promise<number>
}

const rules = { ...passkeyRules, ...attemptRules, ...factorRules, ...signUpRules, ...mailRules }

type RuleName = keyof typeof rules

/** One count: its rule, its key, and the limiter of the rule. */
export interface Count {
  readonly rule: RuleName
  readonly limiter: RateLimiterStoreAbstract
  readonly key: string
}

/** Operations on counts. */
export interface Counting {
  of(rule: RuleName, subject: string): Count
  /**
   * The count of the address's network. Hosts that provide no address have one larger count for all
   * clients.
   */
  byNetwork(rule: RuleName, address: string | undefined): Count
  /**
   * Adds one to every count or to none: if one is used up, those before it get their point back.
   * @throws KeyhavenError `rate_limited`.
   */
  consume(...counts: readonly Count[]): Promise<void>
  /** Counts something that has already happened; never refuses. */
  add(count: Count): Promise<void>
  /** Uses a count up. */
  fill(count: Count): Promise<void>
  /** Refuses if a count is used up, without counting. @throws KeyhavenError `rate_limited`. */
  requireRoom(count: Count): Promise<void>
  /** Gives a point back to each count. */
  reward(...counts: readonly Count[]): Promise<void>
  /** Resets each count to zero. */
  clear(...counts: readonly Count[]): Promise<void>
  /** Runs as many statements as counting, but counts nothing. */
  pretend(...counts: readonly Count[]): Promise<void>
}

/** `sealed` makes a keyed hash, so that the database stores no address and no login. */
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
    rule,
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
      for (const [at, { rule, limiter, key }] of counts.entries()) {
        try {
          await counters.inTurn(() => limiter.consume(key))
        } catch (refusal) {
          if (!(refusal instanceof RateLimiterRes)) throw refusal
          await reward(...counts.slice(0, at))
          throw tooMany(refusal, rule)
        }
      }
    },
    add: (count) => each([count], ({ limiter, key }) => limiter.penalty(key)),
    fill: (count) => each([count], ({ limiter, key }) => limiter.penalty(key, limiter.points)),
    requireRoom: async ({ rule, limiter, key }) => {
      const known = await counters.inTurn(() => limiter.get(key))
      if (known !== null && known.consumedPoints >= limiter.points) throw tooMany(known, rule)
    },
    reward,
    clear: (...counts) => each(counts, ({ limiter, key }) => limiter.delete(key)),
    pretend: (...counts) => each(counts, ({ limiter, key }) => limiter.get(key)),
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes, rule: RuleName): KeyhavenError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  return rule === 'accountRow' || rule === 'factorRow'
    ? tooManyInARow(seconds, rule)
    : rateLimited(seconds)
}
