import type { FactorList } from '@keyhaven/core/wire'
import { factorsOf } from '../../stores/factors/factors.ts'
import { recoveryCodesLeft } from '../../stores/factors/recovery-codes.ts'
import { viewFactor } from '../../views/factor.ts'
import type { Context } from '../context.ts'
import { userHandleOf } from './user-handle.ts'

/** Lists the second factors of an account, oldest first. */
export function listFactors(
  { database, settings }: Pick<Context, 'database' | 'settings'>,
  accountId: string,
): Promise<FactorList> {
  return database.read(async ({ db }) => ({
    items: (await factorsOf(db, accountId)).map(viewFactor),
    recoveryCodes: await recoveryCodesLeft(db, accountId),
    passkeys: { rpId: settings.factors.rpId, userId: userHandleOf(accountId) },
  }))
}
