import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { lockAccount, rolesOf } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { lockApiKey } from '../../stores/credentials/api-keys.ts'
import type { ApiKey } from '../../stores/credentials/api-keys.ts'
import { endOf } from './find-live.ts'
import type { LiveKey } from './find-live.ts'

/** A live API key whose account is locked, as every revocation locks it too. */
export interface LockedKey extends LiveKey {
  readonly account: Locked<Account>
  readonly key: Locked<ApiKey>
}

/**
 * Locks the account of a key that was proved before, and reads both again.
 * @throws KeyhavenError with the code of its end if the key is not live any more.
 */
export async function lockLiveKey(
  { db, now }: Moment,
  { key: { id, account_id } }: Pick<LiveKey, 'key'>,
): Promise<LockedKey> {
  const account = await lockAccount(db, account_id)
  const key = account && (await lockApiKey(db, account, id))
  if (account === undefined || key === undefined) throw new KeyhavenError('token_invalid')
  const code = endOf({ account, key }, now)
  if (code !== undefined) throw new KeyhavenError(code)
  return { account, key, roles: await rolesOf(db, account.id) }
}
