import type { Connection } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { Account } from '../accounts.ts'

/** Counts the recovery codes that an account has left. */
export async function recoveryCodesLeft(db: Connection, accountId: string): Promise<number> {
  const { count } = await db
    .selectFrom('recovery_codes')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Replaces the recovery codes of a locked account; without new ones it has none. */
export async function replaceRecoveryCodes(
  db: Connection,
  { id: account_id }: Locked<Account>,
  { hashes, now }: { readonly hashes: readonly string[]; readonly now: number },
): Promise<void> {
  await db.deleteFrom('recovery_codes').where('account_id', '=', account_id).execute()
  if (hashes.length === 0) return
  const rows = hashes.map((code_hmac) => ({ account_id, code_hmac, created_at: now }))
  await db.insertInto('recovery_codes').values(rows).execute()
}

/** Whether the recovery codes of an account were made before this millisecond. All are made at once. */
export async function areCodesOlder(
  db: Connection,
  accountId: string,
  time: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('recovery_codes')
    .select('code_hmac')
    .where('account_id', '=', accountId)
    .where('created_at', '<', time)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Whether an account has a recovery code. */
export async function hasRecoveryCode(
  db: Connection,
  { accountId, hash }: { readonly accountId: string; readonly hash: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('recovery_codes')
    .select('code_hmac')
    .where('account_id', '=', accountId)
    .where('code_hmac', '=', hash)
    .executeTakeFirst()
  return row !== undefined
}

/** Uses up a recovery code of a locked account. @returns false if it has no such code. */
export async function useRecoveryCode(
  db: Connection,
  { id: accountId }: Locked<Account>,
  hash: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('recovery_codes')
    .where('account_id', '=', accountId)
    .where('code_hmac', '=', hash)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
