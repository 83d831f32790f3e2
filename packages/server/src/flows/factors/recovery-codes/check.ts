import { hasRecoveryCode, useRecoveryCode } from '../../../stores/factors/recovery-codes.ts'
import type { Context } from '../../context.ts'
import type { CheckedFactor, FactorCheck } from '../checked-factor.ts'
import { recoveryCodeHmac } from './issue.ts'

/** Checks a recovery code. It is found by its keyed hash, so no comparison shows a part of it. */
export async function checkRecoveryCode(
  { database, keys }: Pick<Context, 'database' | 'keys'>,
  { accountId, proof }: Omit<FactorCheck<{ readonly recoveryCode: string }>, 'subject'>,
): Promise<CheckedFactor | undefined> {
  const hash = recoveryCodeHmac(keys, accountId, proof.recoveryCode)
  if (!(await database.read(({ db }) => hasRecoveryCode(db, { accountId, hash })))) return undefined
  return {
    methods: ['recovery'],
    factorId: undefined,
    use: ({ db }, account) => useRecoveryCode(db, account, hash),
  }
}
