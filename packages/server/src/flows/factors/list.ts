import type { FactorList } from '@keyhaven/core/wire'
import { factorsOf } from '../../stores/factors/factors.ts'
import { recoveryCodesLeft } from '../../stores/factors/recovery-codes.ts'
import { time } from '../../views/time.ts'
import type { Context } from '../context.ts'

/** Lists the second factors of an account, oldest first. */
export function listFactors(
  { database }: Pick<Context, 'database'>,
  accountId: string,
): Promise<FactorList> {
  return database.read(async ({ db }) => {
    const factors = await factorsOf(db, accountId)
    return {
      items: factors.map(({ id, kind, name, created_at, last_used_at }) => ({
        id,
        kind,
        name,
        createdAt: time(created_at),
        lastUsedAt: last_used_at === null ? null : time(last_used_at),
      })),
      recoveryCodes: await recoveryCodesLeft(db, accountId),
    }
  })
}
