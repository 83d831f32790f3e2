import type { Selectable } from 'kysely'
import { inserting } from '../../database/compiled.ts'
import type { Connection, Moment } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { DelegationTable, ForeignTokenTable } from '../../database/tables/delegation.ts'
import type { Account } from '../accounts.ts'
import type { NewCredential } from './credentials.ts'
import { isLiveAt } from './live.ts'

/** Reads a live credential of a locked account; every change of it holds that lock. */
export async function lockLiveCredential(
  { db, now }: Moment,
  { id: accountId }: Locked<Account>,
  id: string,
): Promise<Locked<NewCredential> | undefined> {
  const row = await db
    .selectFrom('credentials')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where(isLiveAt(now))
    .executeTakeFirst()
  return row && asLocked(row)
}

const writeDelegation = inserting('delegations', ['credential_id', 'audiences', 'actor', 'issuer'])

/** Inserts what an exchanged token has for a credential that this transaction has written. */
export async function insertDelegation(
  db: Connection,
  { id }: Locked<NewCredential>,
  row: Omit<Selectable<DelegationTable>, 'credential_id'>,
): Promise<void> {
  await writeDelegation(db, { ...row, credential_id: id })
}

/**
 * How many live exchanged tokens hang on a credential of a locked account, and when the first of them ends; without a
 * credential those of the account that hang on none.
 */
export async function liveDelegations(
  { db, now }: Moment,
  { id: accountId }: Locked<Account>,
  parentId: string | undefined,
): Promise<{ readonly count: number; readonly firstEnd: number }> {
  const { count, first } = await db
    .selectFrom('credentials')
    .select(({ fn }) => [fn.countAll().as('count'), fn.min('absolute_expires_at').as('first')])
    .where('account_id', '=', accountId)
    .where('kind', '=', 'delegation')
    .where('parent_id', parentId === undefined ? 'is' : '=', parentId ?? null)
    .where(isLiveAt(now))
    .executeTakeFirstOrThrow()
  return { count: Number(count), firstEnd: Number(first ?? now) }
}

/** Notes that a token of another service is exchanged. @returns false if it was before. */
export async function useForeignToken(
  db: Connection,
  row: Selectable<ForeignTokenTable>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('foreign_tokens')
    .values(row)
    .onConflict((conflict) => conflict.columns(['issuer', 'jti_sha256']).doNothing())
    .executeTakeFirst()
  return Number(numInsertedOrUpdatedRows) === 1
}

/** Deletes notes of foreign tokens that expired before a time. @returns how many. */
export async function dropForeignTokensBefore(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('foreign_tokens')
    .where((where) =>
      where(
        where.refTuple('issuer', 'jti_sha256'),
        'in',
        where
          .selectFrom('foreign_tokens')
          .select(['issuer', 'jti_sha256'])
          .where('expires_at', '<', time)
          .orderBy('expires_at')
          .limit(most)
          .$asTuple('issuer', 'jti_sha256'),
      ),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
