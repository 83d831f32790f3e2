import type { AccountStatus } from '@keyhaven/core/wire'
import { sql } from 'kysely'
import type { Insertable, Selectable } from 'kysely'
import { compiled } from '../database/compiled.ts'
import type { Connection } from '../database/database.ts'
import type { AccountTable } from '../database/tables/account.ts'
import { fromPosition, inOrder, pageOf } from './page.ts'
import type { Order, Page, PageRequest } from './page.ts'

export type Account = Selectable<AccountTable>

const byAge: Order = ['created_at', 'id']

/** Finds by e-mail key or user-name key; an `@` tells which, because user names hold none. */
export async function findAccountByLogin(
  db: Connection,
  key: string,
): Promise<Account | undefined> {
  const [account] = await (key.includes('@') ? accountByEmail : accountByUsername)(db, key)
  return account
}

const accountByEmail = compiled((db, key: string) =>
  db.selectFrom('accounts').selectAll().where('email_key', '=', key),
)

const accountByUsername = compiled((db, key: string) =>
  db.selectFrom('accounts').selectAll().where('username_key', '=', key),
)

const accountById = compiled((db, id: string) =>
  db.selectFrom('accounts').selectAll().where('id', '=', id),
)

export async function findAccount(db: Connection, id: string): Promise<Account | undefined> {
  return (await accountById(db, id))[0]
}

const lockById = compiled((db, id: string) =>
  db
    .updateTable('accounts')
    .set((set) => ({ credential_version: set.ref('credential_version') }))
    .where('id', '=', id)
    .returningAll(),
)

/**
 * Reads an account as it is now and holds its row until the transaction ends: whatever issues and
 * whatever revokes takes this lock. A write that changes nothing locks a row in every engine.
 */
export async function lockAccount(db: Connection, id: string): Promise<Account | undefined> {
  return (await lockById(db, id))[0]
}

/** Locks several accounts, always in the same order, so that no two transactions wait for each other. */
export async function lockAccounts(db: Connection, ids: readonly string[]): Promise<void> {
  for (const id of [...new Set(ids)].toSorted()) await lockById(db, id)
}

/** Whether another account has one of these keys. */
export async function isTaken(
  db: Connection,
  keys: { readonly email: string; readonly username: string | null },
): Promise<boolean> {
  const row = await db
    .selectFrom('accounts')
    .select('id')
    .where((where) =>
      where.or([
        where('email_key', '=', keys.email),
        ...(keys.username === null ? [] : [where('username_key', '=', keys.username)]),
      ]),
    )
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function insertAccount(
  db: Connection,
  account: Insertable<AccountTable>,
  roles: readonly string[],
): Promise<void> {
  await db.insertInto('accounts').values(account).execute()
  for (const role of roles) {
    await db.insertInto('account_roles').values({ account_id: account.id, role }).execute()
  }
}

const rolesById = compiled((db, accountId: string) =>
  db.selectFrom('account_roles').select('role').where('account_id', '=', accountId).orderBy('role'),
)

/** Roles by name, in alphabetical order. */
export async function rolesOf(db: Connection, accountId: string): Promise<string[]> {
  const rows = await rolesById(db, accountId)
  return rows.map((row) => row.role)
}

/** Adds a role; false where the account held it already. */
export async function addRole(db: Connection, accountId: string, role: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('account_roles')
    .values({ account_id: accountId, role })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function removeRole(db: Connection, accountId: string, role: string): Promise<void> {
  await db
    .deleteFrom('account_roles')
    .where('account_id', '=', accountId)
    .where('role', '=', role)
    .execute()
}

/** Ids of active accounts that hold a role. */
export async function activeHolders(db: Connection, role: string): Promise<string[]> {
  const rows = await db
    .selectFrom('account_roles')
    .innerJoin('accounts', 'accounts.id', 'account_roles.account_id')
    .select('accounts.id')
    .where('account_roles.role', '=', role)
    .where('accounts.status', '=', 'active')
    .limit(2)
    .execute()
  return rows.map(({ id }) => id)
}

export async function setStatus(
  db: Connection,
  id: string,
  { status, reason }: { readonly status: AccountStatus; readonly reason: string | null },
): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ status, status_reason: reason })
    .where('id', '=', id)
    .execute()
}

/** Sets a new hash, and raises the version that sign-ins under way go by. */
export async function setPassword(db: Connection, id: string, hash: string): Promise<void> {
  await db
    .updateTable('accounts')
    .set((set) => ({
      password_hash: hash,
      credential_version: set('credential_version', '+', 1),
    }))
    .where('id', '=', id)
    .execute()
}

/** What a person may change of herself. */
export type ProfileChange = Partial<Pick<Account, 'name' | 'username' | 'username_key' | 'profile'>>

export async function setProfile(db: Connection, id: string, change: ProfileChange): Promise<void> {
  if (Object.keys(change).length === 0) return
  await db.updateTable('accounts').set(change).where('id', '=', id).execute()
}

/** Accounts by age; `search` is part of an address, user name or name, taken literally. */
export async function accountPage(
  db: Connection,
  page: PageRequest,
  {
    search,
    status,
  }: { readonly search?: string | undefined; readonly status?: AccountStatus | undefined },
): Promise<Page<Account>> {
  const pattern = `%${(search ?? '').toLowerCase().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const like = (column: 'email_key' | 'username_key' | 'name') =>
    sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'active'))
    .$if(search !== undefined, (query) =>
      query.where((where) => where.or([like('email_key'), like('username_key'), like('name')])),
    )
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows, page.limit, ({ created_at, id }) => ({ at: created_at, id }))
}
