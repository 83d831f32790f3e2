import type { Insertable, Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import type { AccountTable } from '../database/tables/account.ts'

export type Account = Selectable<AccountTable>

/** Finds by e-mail key or user-name key; an `@` tells which, because user names hold none. */
export function findAccountByLogin(db: Connection, key: string): Promise<Account | undefined> {
  return db
    .selectFrom('accounts')
    .selectAll()
    .where(key.includes('@') ? 'email_key' : 'username_key', '=', key)
    .executeTakeFirst()
}

export function findAccount(db: Connection, id: string): Promise<Account | undefined> {
  return db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst()
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

/** Roles by name, in alphabetical order. */
export async function rolesOf(db: Connection, accountId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('account_roles')
    .select('role')
    .where('account_id', '=', accountId)
    .orderBy('role')
    .execute()
  return rows.map((row) => row.role)
}
