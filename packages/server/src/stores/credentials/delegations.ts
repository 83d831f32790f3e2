import type { Selectable } from 'kysely'
import { inserting } from '../../database/compiled.ts'
import type { Connection, Moment } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { DelegationTable, ForeignTokenTable } from '../../database/tables/delegation.ts'
import type { Account } from '../accounts.ts'
import type { NewCredential } from './credentials.ts'
import { isLiveAt, isLiveBelow } from './live.ts'

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

/** How many exchanged tokens are live, and when the first of them ends. */
export interface LiveDelegations {
  readonly count: number
  readonly firstEnd: number
}

/**
 * The live exchanged tokens that were made from the same session or key as a credential, directly or by further
 * exchanges; without a credential those of the locked account that were made from none.
 */
export async function liveDelegations(
  moment: Moment,
  { id: accountId }: Locked<Account>,
  from: Pick<NewCredential, 'id' | 'kind' | 'parent_id'> | undefined,
): Promise<LiveDelegations> {
  const { db, now } = moment
  const root = from === undefined ? null : await rootOf(db, from)
  const { count, first } = await db
    .withRecursive('made(id, absolute_expires_at)', (all) =>
      all
        .selectFrom('credentials')
        .select(['credentials.id', 'credentials.absolute_expires_at'])
        .where('credentials.account_id', '=', accountId)
        .where('credentials.kind', '=', 'delegation')
        .where('credentials.parent_id', root === null ? 'is' : '=', root)
        .where(isLiveBelow(now))
        .unionAll(
          all
            .selectFrom('credentials')
            .innerJoin('made', 'made.id', 'credentials.parent_id')
            .select(['credentials.id', 'credentials.absolute_expires_at'])
            .where('credentials.kind', '=', 'delegation')
            .where(isLiveBelow(now)),
        ),
    )
    .selectFrom('made')
    .select(({ fn }) => [fn.countAll().as('count'), fn.min('absolute_expires_at').as('first')])
    .executeTakeFirstOrThrow()
  return { count: Number(count), firstEnd: Number(first ?? now) }
}

/** The session or key above exchanged tokens, or the first of them if there is none. */
async function rootOf(
  db: Connection,
  from: Pick<NewCredential, 'id' | 'kind' | 'parent_id'>,
): Promise<string> {
  let at = from
  while (at.kind === 'delegation' && at.parent_id !== null) {
    at = await db
      .selectFrom('credentials')
      .select(['id', 'kind', 'parent_id'])
      .where('id', '=', at.parent_id)
      .executeTakeFirstOrThrow()
  }
  return at.id
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
