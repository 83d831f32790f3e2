import { KeyhavenError } from '@keyhaven/core/errors'
import { networkOf } from '@keyhaven/guard/kit'
import type { Count, Counting } from '../counting.ts'

/** An attempt at a password: for which account, and from where. */
export interface Attempt {
  /**
   * The account's id, or the login if no account has it. `undefined` if no account can ever have
   * it.
   */
  readonly account: string | undefined
  /** The client's address, if the host provided one. */
  readonly address: string | undefined
  /** A device known to belong to this account, which only the account's owner can prove. */
  readonly device?: string | undefined
  /**
   * The password under which attempts in a row are counted: another one begins anew. Without it they
   * are not, because the service sends no mail that would lead back.
   */
  readonly row?: string | undefined
}

/** An attempt that was counted and may be checked. */
export interface CountedAttempt {
  /** The password was right: forgets this attempt and the wrong ones before it. */
  readonly reset: () => Promise<void>
  /** The password could not be checked: takes this attempt out of the counts. */
  readonly refund: () => Promise<void>
}

/** Counts an attempt at a password before it is checked. */
export function countAttempt(counting: Counting, attempt: Attempt): Promise<CountedAttempt> {
  const { account, device } = attempt
  if (account === undefined) return countMalformed(counting, attempt)
  const from = { ...attempt, account }
  const asUnknown = (): Promise<CountedAttempt> => countUnknownDevice(counting, account, from)
  if (device === undefined) return asUnknown()
  return countDevice(counting, asUnknown, {
    row: counting.of('deviceRow', `${account} ${device}`),
    recent: counting.of('device', `${account} ${device}`),
    elsewhere: rowOf(counting, attempt.row),
  })
}

type From = Pick<Attempt, 'address' | 'row'>

async function countUnknownDevice(
  counting: Counting,
  account: string,
  { address, row }: From,
): Promise<CountedAttempt> {
  const ofAccount = ofAccountFrom(counting, account, { address, row })
  const network = counting.byNetwork('address', address)
  await counting.consume(...ofAccount, network)
  return {
    reset: async () => {
      await counting.clear(...ofAccount)
      // Other users share the network, so only this attempt is refunded
      await counting.reward(network)
    },
    refund: () => counting.reward(...ofAccount, network),
  }
}

/**
 * Counts by network only, with as many statements as for an account: the cost of a login reveals
 * nothing about it.
 */
async function countMalformed(counting: Counting, from: From): Promise<CountedAttempt> {
  const network = counting.byNetwork('address', from.address)
  await counting.pretend(...ofAccountFrom(counting, 'none', from))
  await counting.consume(network)
  return { reset: async () => {}, refund: () => counting.reward(network) }
}

/** The counts of an account: the one of most refusals first, so that most cost one statement. */
function ofAccountFrom(
  counting: Counting,
  account: string,
  { address, row }: From,
): readonly Count[] {
  return [
    ...(address === undefined ? [] : [counting.of('pair', `${account} ${networkOf(address)}`)]),
    counting.of('account', account),
    ...rowOf(counting, row),
  ]
}

/** The count of wrong passwords in a row on unknown devices, if there is one. */
export function rowOf(counting: Counting, row: string | undefined): readonly Count[] {
  return row === undefined ? [] : [counting.of('accountRow', row)]
}

/** The counts of a known device, and those of other browsers that a right proof on it ends. */
export interface DeviceCounts {
  readonly row: Count
  readonly recent: Count
  readonly elsewhere: readonly Count[]
}

/**
 * Counts on the device only, so that attempts elsewhere never slow it. A right proof ends the row of
 * wrong ones elsewhere too: the user has just proved who they are. After too many in a row the device
 * counts as unknown.
 */
export async function countDevice(
  counting: Counting,
  asUnknown: () => Promise<CountedAttempt>,
  { row, recent, elsewhere }: DeviceCounts,
): Promise<CountedAttempt> {
  const isRowOver = await counting.consume(row).then(() => false, isRefusal)
  if (isRowOver) {
    const unknown = await asUnknown()
    const reset = async (): Promise<void> => {
      await unknown.reset()
      await counting.clear(row, recent)
    }
    return { reset, refund: unknown.refund }
  }
  try {
    await counting.consume(recent)
  } catch (error) {
    await counting.reward(row)
    throw error
  }
  return {
    reset: () => counting.clear(row, recent, ...elsewhere),
    refund: () => counting.reward(row, recent),
  }
}

/** Whether the limit was reached; throws any other failure again. */
export function isRefusal(error: unknown): true {
  if (error instanceof KeyhavenError && error.code === 'rate_limited') return true
  throw error
}
