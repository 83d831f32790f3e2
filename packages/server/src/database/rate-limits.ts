import { KeyhavenError } from '@keyhaven/core/errors'
import { networkOf } from '../config/address.ts'
import { createCounting } from './counting.ts'
import type { Count, Counters, Counting } from './counting.ts'

/** Who guesses: at whose password, and from where. */
export interface Attempt {
  /** Id of the account, or the login if no account has it. `undefined` if no account could ever have it. */
  readonly account: string | undefined
  /** The client's address, if the host passed one. */
  readonly address: string | undefined
  /** Names a device that is known to belong to this account, as only the account's owner can prove. */
  readonly device?: string | undefined
}

/** A guess that was counted and may be tried. */
export interface CountedAttempt {
  /** The guess was right: it was none, and those before it in a row are forgotten. */
  readonly reset: () => Promise<void>
  /** The guess was never tried. */
  readonly refund: () => Promise<void>
}

/** A sign-up that was counted and may be tried. */
export interface CountedSignUp {
  /** It was answered that the address or user name has an account. */
  readonly taken: () => Promise<void>
  /** The sign-up was never tried. */
  readonly refund: () => Promise<void>
}

/**
 * Counts what strangers may do a limited number of times, shared by every process on the database.
 *
 * Anyone who knows a login of an account can use up its 100 wrong passwords an hour, from ten networks at
 * once or from one in an hour. Then sign-ins to it are refused until the hour ends, except on a device that
 * is known to belong to the account: it has a count of its own, which only guesses on the device use up.
 * No caller names a device yet. Users who are signed in stay signed in.
 */
export interface RateLimits {
  /** Counts a guess before it is tried. @throws KeyhavenError `rate_limited` with the seconds to wait. */
  countAttempt(attempt: Attempt): Promise<CountedAttempt>
  /** Counts a sign-up before it is tried. @throws KeyhavenError `rate_limited` with the seconds to wait. */
  countSignUp(address: string | undefined): Promise<CountedSignUp>
  /** Drops counts whose time was over at this millisecond, the oldest first; the answer counts them. */
  dropExpired(time: number, most: number): Promise<number>
}

/** `sealed` makes a keyed hash of a text. */
export function createRateLimits(counters: Counters, sealed: (text: string) => string): RateLimits {
  const counting = createCounting(counters, sealed)
  return {
    countAttempt: (attempt) => {
      const { account, device } = attempt
      if (account === undefined) return countMalformed(counting, attempt)
      if (device === undefined) return countStranger(counting, account, attempt)
      return countDevice(counting, account, { ...attempt, device })
    },
    countSignUp: async (address) => {
      const counts = [
        counting.byNetwork('signUp', address),
        counting.byNetwork('signUpHour', address),
      ]
      const taken = counting.byNetwork('taken', address)
      await counting.requireRoom(taken)
      await counting.consume(...counts)
      return { taken: () => counting.add(taken), refund: () => counting.reward(...counts) }
    },
    dropExpired: (time, most) => counters.inTurn(() => counters.dropBefore(time, most)),
  }
}

type From = Pick<Attempt, 'address'>

async function countStranger(
  counting: Counting,
  account: string,
  { address }: From,
): Promise<CountedAttempt> {
  const ofAccount = ofAccountFrom(counting, account, { address })
  const network = counting.byNetwork('address', address)
  await counting.consume(...ofAccount, network)
  return {
    reset: async () => {
      await counting.clear(...ofAccount)
      // Others share the network: only this guess is given back
      await counting.reward(network)
    },
    refund: () => counting.reward(...ofAccount, network),
  }
}

/** Counts by network only. It costs the same statements: what a login costs reveals nothing about it. */
async function countMalformed(counting: Counting, { address }: From): Promise<CountedAttempt> {
  const network = counting.byNetwork('address', address)
  await counting.pretend(...ofAccountFrom(counting, 'none', { address }))
  await counting.consume(network)
  return { reset: async () => {}, refund: () => counting.reward(network) }
}

function ofAccountFrom(counting: Counting, account: string, { address }: From): readonly Count[] {
  const all = counting.of('account', account)
  if (address === undefined) return [all]
  return [counting.of('pair', `${account} ${networkOf(address)}`), all]
}

/** Counts on the device only, so that no guess made elsewhere slows it. */
async function countDevice(
  counting: Counting,
  account: string,
  { device, address }: From & { readonly device: string },
): Promise<CountedAttempt> {
  const row = counting.of('deviceRow', `${account} ${device}`)
  const recent = counting.of('device', `${account} ${device}`)
  const isRowOver = await counting.consume(row).then(() => false, isRefusal)
  if (isRowOver) {
    const asStranger = await countStranger(counting, account, { address })
    const forgive = async (): Promise<void> => {
      await asStranger.reset()
      await counting.clear(row, recent)
    }
    return { reset: forgive, refund: asStranger.refund }
  }
  try {
    await counting.consume(recent)
  } catch (error) {
    await counting.reward(row)
    throw error
  }
  return {
    reset: () => counting.clear(row, recent),
    refund: () => counting.reward(row, recent),
  }
}

/** Whether a limit refused; any other failure is thrown on. */
function isRefusal(error: unknown): true {
  if (error instanceof KeyhavenError && error.code === 'rate_limited') return true
  throw error
}
