import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { Connection, Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { ErasureTable } from '../../database/tables/erasure.ts'
import type { Account } from '../accounts.ts'
import { erasers } from './erasers.ts'

/** A row of `erasures`. */
export type Erasure = Selectable<ErasureTable>

/** The erasure of an account that waits for its time. */
export function findErasure(
  db: Connection,
  { id }: Pick<Account, 'id'>,
): Promise<Erasure | undefined> {
  return db.selectFrom('erasures').selectAll().where('account_id', '=', id).executeTakeFirst()
}

/** When accounts are erased, by the ids of those that will be. */
export async function erasureTimes(
  db: Connection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('erasures')
    .select(['account_id', 'erases_at'])
    .where('account_id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.account_id, row.erases_at]))
}

/** Lets an account be erased at a time; without effect if it will be already. */
export async function insertErasure(
  db: Connection,
  { id }: Locked<Account>,
  erasure: Omit<Erasure, 'account_id'>,
): Promise<void> {
  await db
    .insertInto('erasures')
    .values({ account_id: id, ...erasure })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Lets an account not be erased. */
export async function deleteErasure(db: Connection, { id }: Locked<Account>): Promise<void> {
  await db.deleteFrom('erasures').where('account_id', '=', id).execute()
}

/** Accounts whose time has come, the first first. */
export async function dueErasures({ db, now }: Moment, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('erasures')
    .select('account_id')
    .where('erases_at', '<=', now)
    .orderBy('erases_at')
    .orderBy('account_id')
    .limit(most)
    .execute()
  return rows.map(({ account_id }) => account_id)
}

/**
 * Deletes rows of an account, in the tables that an erasure empties. Credentials from which others
 * were made come after these.
 * @returns how many; fewer than `most` if they were the last.
 */
export async function deleteOwned(
  db: Connection,
  { id }: Locked<Account>,
  most: number,
): Promise<number> {
  let count = 0
  for (const { table, key, where, isTree } of erasers) {
    for (;;) {
      const some = sql`select ${sql.ref(key)} from ${sql.table(table)} as own
        where ${where(id)} limit ${most - count}`
      const { numAffectedRows = 0n } =
        await sql`delete from ${sql.table(table)} where ${sql.ref(key)} in (${some})`.execute(db)
      count += Number(numAffectedRows)
      if (count >= most) return count
      if (numAffectedRows === 0n || isTree === undefined) break
    }
  }
  return count
}

/**
 * Deletes the account itself with what is found by its address: links, and sign-ups that wait for its
 * confirmation. The address and the user name can be used again.
 */
export async function deleteAccount(
  db: Connection,
  { id, email_key }: Locked<Account>,
): Promise<void> {
  await db.deleteFrom('links').where('email_key', '=', email_key).execute()
  await db.deleteFrom('attempts').where('email_key', '=', email_key).execute()
  await db.deleteFrom('account_roles').where('account_id', '=', id).execute()
  await db.deleteFrom('erasures').where('account_id', '=', id).execute()
  await db.deleteFrom('accounts').where('id', '=', id).execute()
}
