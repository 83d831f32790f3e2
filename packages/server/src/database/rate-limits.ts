import { isIPv6 } from 'node:net'
import { KeyhavenError } from '@keyhaven/core/errors'
import { RateLimiterRes } from 'rate-limiter-flexible'
import type { IRateLimiterOptions, RateLimiterStoreAbstract } from 'rate-limiter-flexible'

/** Who guesses: at whose password, and from where. */
export interface Guess {
  /** What names the account, whether it exists or not. */
  readonly account: string
  /** The client's address, where it is known. */
  readonly address: string | undefined
}

/** Counts guesses, shared by every process on the database. Slows down; locks nobody out. */
export interface RateLimits {
  /** Counts a guess before it is tried. @throws KeyhavenError `rate_limited` with the seconds to wait. */
  count(guess: Guess): Promise<void>
  /** The guess was right: it was none. */
  forgive(guess: Guess): Promise<void>
  /** The guess was counted but never tried. */
  giveBack(guess: Guess): Promise<void>
  /** Drops counts whose time was over at this millisecond, the oldest first; the answer counts them. */
  dropExpired(time: number, most: number): Promise<number>
}

const MINUTE = 60

/** Guesses that are free in a span of time (seconds); then one has to wait for its end. */
const rules = {
  /** One stranger at one account: the account's own devices elsewhere are not touched. */
  pair: { points: 10, duration: 5 * MINUTE },
  /** One address at any accounts. Whole offices share one. */
  address: { points: 500, duration: 15 * MINUTE },
  /** Any addresses at one account: at most a hundred failures in a row (SP 800-63B-4 §3.2.2). */
  account: { points: 100, duration: 60 * MINUTE },
} as const

/** Runs work in its turn among the process's other writers, and again where a lock was in the way. */
type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** Where counts lie. */
export interface Counters {
  /** Counts keys of one kind. */
  limiter(rule: IRateLimiterOptions): RateLimiterStoreAbstract
  /** Drops counts whose time was over at this millisecond, the oldest first; the answer counts them. */
  dropBefore(time: number, most: number): Promise<number>
}

export function createRateLimits(counters: Counters, inTurn: InTurn): RateLimits {
  const limiter = (name: keyof typeof rules): RateLimiterStoreAbstract =>
    counters.limiter({ keyPrefix: name, ...rules[name] })
  const limiters = {
    pair: limiter('pair'),
    address: limiter('address'),
    account: limiter('account'),
  }
  const each = async (
    guess: Guess,
    work: (
      limiter: RateLimiterStoreAbstract,
      key: string,
      name: keyof typeof rules,
    ) => Promise<unknown>,
  ): Promise<void> => {
    for (const [name, key] of keysOf(guess)) {
      await inTurn(() => work(limiters[name], key, name))
    }
  }
  return {
    count: (guess) =>
      each(guess, (limit, key) =>
        limit.consume(key).catch((refusal: unknown) => {
          throw refused(refusal)
        }),
      ),
    forgive: (guess) =>
      each(guess, (limit, key, name) =>
        name === 'address' ? limit.reward(key) : limit.delete(key),
      ),
    giveBack: (guess) => each(guess, (limit, key) => limit.reward(key)),
    dropExpired: (time, most) => inTurn(() => counters.dropBefore(time, most)),
  }
}

function keysOf({ account, address }: Guess): (readonly [keyof typeof rules, string])[] {
  if (address === undefined) return [['account', account]]
  const network = networkOf(address)
  return [
    ['pair', `${account} ${network}`],
    ['address', network],
    ['account', account],
  ]
}

/** An IPv6 client has a whole /64 to itself: one network is one client. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = ''] = address.split('::')
  return `${head.split(':').slice(0, 4).join(':')}::/64`
}

function refused(refusal: unknown): unknown {
  if (!(refusal instanceof RateLimiterRes)) return refusal
  return new KeyhavenError('rate_limited', { retryAfter: Math.ceil(refusal.msBeforeNext / 1000) })
}
