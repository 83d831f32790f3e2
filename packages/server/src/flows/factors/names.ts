import type { FactorName } from '@keyhaven/core/wire'
import type { Connection } from '../../database/database.ts'
import { factorsOf } from '../../stores/factors/factors.ts'
import { recoveryCodesLeft } from '../../stores/factors/recovery-codes.ts'

/** The kinds of factors with which an account can go on; none if it has no second factor. */
export async function factorNames(
  db: Connection,
  accountId: string,
): Promise<readonly FactorName[]> {
  const factors = await factorsOf(db, accountId)
  if (factors.length === 0) return []
  const kinds = new Set<FactorName>(factors.map(({ kind }) => kind))
  if ((await recoveryCodesLeft(db, accountId)) > 0) kinds.add('recovery_code')
  return (['totp', 'passkey', 'recovery_code'] as const).filter((name) => kinds.has(name))
}
