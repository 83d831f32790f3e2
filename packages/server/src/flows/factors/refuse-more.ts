import { KeyhavenError } from '@keyhaven/core/errors'
import type { Connection } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Account } from '../../stores/accounts.ts'
import { MOST_FACTORS, factorsOf } from '../../stores/factors/factors.ts'

/**
 * Reads the factors of a locked account, which may get another one.
 * @throws KeyhavenError `conflict` if it has 25.
 */
export async function refuseMore(
  db: Connection,
  { id }: Locked<Account>,
): Promise<{ readonly isFirst: boolean }> {
  const { length } = await factorsOf(db, id)
  if (length < MOST_FACTORS) return { isFirst: length === 0 }
  throw new KeyhavenError('conflict', {
    detail: `This account has ${MOST_FACTORS} second factors. Remove one, then try again.`,
  })
}
