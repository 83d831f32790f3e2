import type { FactorName } from '@keyhaven/core/wire'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Account } from '../../stores/accounts.ts'
import { deleteFactors, factorsOf } from '../../stores/factors/factors.ts'
import type { Factor, FactorChoice } from '../../stores/factors/factors.ts'
import { areCodesOlder, replaceRecoveryCodes } from '../../stores/factors/recovery-codes.ts'
import type { CheckedFactor } from './checked-factor.ts'

/** What an account had before a time: only this proves that an owner of then acts. */
export interface OlderFactors {
  readonly factors: readonly Factor[]
  /** Whether its recovery codes are from before, too. */
  readonly hasCodes: boolean
}

/** The second factors that an account had before this millisecond. */
export async function olderFactors(
  { db }: Pick<Moment, 'db'>,
  accountId: string,
  time: number,
): Promise<OlderFactors> {
  const all = await factorsOf(db, accountId)
  const factors = all.filter(({ confirmed_at: at }) => at !== null && at < time)
  return { factors, hasCodes: await areCodesOlder(db, accountId, time) }
}

/** Their kinds. */
export function namesOf({ factors, hasCodes }: OlderFactors): readonly FactorName[] {
  const kinds = new Set<FactorName>(factors.map(({ kind }) => kind))
  return [...kinds, ...(hasCodes ? (['recovery_code'] as const) : [])]
}

/** Whether a right proof is of one of them. */
export function isOlder({ factors, hasCodes }: OlderFactors, { factorId }: CheckedFactor): boolean {
  return factorId === undefined ? hasCodes : factors.some(({ id }) => id === factorId)
}

/** Which factors of a locked account end, and since when its recovery codes do. */
export interface FactorsToEnd {
  readonly account: Locked<Account>
  readonly choice: FactorChoice
  readonly since: number
}

/** Ends factors of a locked account, and recovery codes that were made since. @returns how many factors. */
export async function endFactors(
  { db, now }: Moment,
  { account, choice, since }: FactorsToEnd,
): Promise<number> {
  const ended = await deleteFactors(db, account, choice)
  const isLast = (await factorsOf(db, account.id)).length === 0
  if (isLast || !(await areCodesOlder(db, account.id, since))) {
    await replaceRecoveryCodes(db, account, { hashes: [], now })
  }
  return ended
}
