import type { AccountStatus } from '@keyhaven/core/wire'
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import { compiled } from '../database/compiled.ts'
import type { Connection, Moment } from '../database/database.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'
import type { AccountTable } from '../database/tables/account.ts'
import { isReserved } from './reserved-addresses.ts'
import { fromPosition, inOrder, pageOf } from './page.ts'
import type { Order, Page, PageRequest } from './page.ts'

/** A row of `accounts`. */
export type Account = Selectable<AccountTable>

const byAge: Order = ['created_at', 'id']

/** Finds an account by e-mail key or user-name key; only e-mail keys contain an `@`. */
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

/** Finds an account by its id. */
export async function findAccount(db: Connection, id: string): Promise<Account | undefined> {
  return (await accountById(db, id))[0]
}

/**
 * Reads accounts and locks them until the transaction ends. Everything that issues or revokes a
 * token holds this lock, so that each sees what the other did. Locks are taken in the order of ids,
 * which prevents deadlocks.
 */
export async function lockAccounts(
  db: Connection,
  ids: readonly string[],
): Promise<Locked<Account>[]> {
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(asLocked)
}

const accountForUpdate = compiled((db, id: string) =>
  db.selectFrom('accounts').selectAll().where('id', '=', id).forUpdate(),
)

/** Reads one account and locks it until the transaction ends. */
export async function lockAccount(
  db: Connection,
  id: string,
): Promise<Locked<Account> | undefined> {
  const [row] = await accountForUpdate(db, id)
  return row && asLocked(row)
}

/**
 * Whether an account has one of these keys, or the address is reserved for another account than this one.
 */
export async function isTaken(
  moment: Moment,
  keys: { readonly email: string; readonly username: string | null },
  account?: string,
): Promise<boolean> {
  const { db } = moment
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
  // After the accounts: an address that one has just given up is reserved by then
  return row !== undefined || isReserved(moment, { email_key: keys.email, account })
}

/**
 * Writes a new account. No other transaction can see its row before this one ends, so it counts as
 * locked.
 */
export async function insertAccount(
  db: Connection,
  account: Account,
  roles: readonly string[],
): Promise<Locked<Account>> {
  await db.insertInto('accounts').values(account).execute()
  for (const role of roles) {
    await db.insertInto('account_roles').values({ account_id: account.id, role }).execute()
  }
  return asLocked(account)
}

const rolesById = compiled((db, accountId: string) =>
  db.selectFrom('account_roles').select('role').where('account_id', '=', accountId).orderBy('role'),
)

/** Roles by name, in alphabetical order. */
export async function rolesOf(db: Connection, accountId: string): Promise<string[]> {
  const rows = await rolesById(db, accountId)
  return rows.map((row) => row.role)
}

/** Adds a role. @returns false if the account already had it. */
export async function addRole(
  db: Connection,
  { id }: Locked<Account>,
  role: string,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('account_roles')
    .values({ account_id: id, role })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Removes a role, if the account has it. */
export async function removeRole(
  db: Connection,
  { id }: Locked<Account>,
  role: string,
): Promise<void> {
  await db
    .deleteFrom('account_roles')
    .where('account_id', '=', id)
    .where('role', '=', role)
    .execute()
}

/**
 * Ids of active accounts with a role, at most two. Locks all holders of the role: of two
 * transactions that would each leave one holder, the second sees what the first has done.
 */
export async function activeHolders(db: Connection, role: string): Promise<string[]> {
  await db
    .selectFrom('account_roles')
    .select('account_id')
    .where('role', '=', role)
    .orderBy('account_id')
    .forUpdate()
    .execute()
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

/** Sets the status of an account and its reason. */
export async function setStatus(
  db: Connection,
  { id }: Locked<Account>,
  { status, reason }: { readonly status: AccountStatus; readonly reason: string | null },
): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ status, status_reason: reason })
    .where('id', '=', id)
    .execute()
}

/**
 * Sets a new hash and increments the credential version, which running sign-ins compare.
 * @returns that version.
 */
export async function setPassword(
  db: Connection,
  account: Locked<Account>,
  hash: string,
): Promise<number> {
  const credential_version = account.credential_version + 1
  await db
    .updateTable('accounts')
    .set({ password_hash: hash, credential_version, must_reset: 0 })
    .where('id', '=', account.id)
    .execute()
  return credential_version
}

/** Replaces the hash of the same password. Nothing ends, and proofs by the password stay valid. */
export async function setHash(
  db: Connection,
  { id }: Locked<Account>,
  hash: string,
): Promise<void> {
  await db.updateTable('accounts').set({ password_hash: hash }).where('id', '=', id).execute()
}

/** Makes the password insufficient: signing in with it is refused until another one is set. */
export async function requireReset(
  db: Connection,
  { id }: Locked<Account>,
  version: number,
): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ must_reset: 1, credential_version: version })
    .where('id', '=', id)
    .execute()
}

/** Stores until when no requested mail resets the password; `null` if it does. */
export async function pauseResets(
  db: Connection,
  { id }: Locked<Account>,
  until: number | null,
): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ resets_paused_until: until })
    .where('id', '=', id)
    .execute()
}

/**
 * Begins an era of an account. Tokens contain their era, so those of a former one can be refused.
 */
export async function setEra(db: Connection, { id }: Locked<Account>, era: string): Promise<void> {
  await db.updateTable('accounts').set({ era }).where('id', '=', id).execute()
}

/** Sets the address as it is shown and as it is compared. */
export async function setEmail(
  db: Connection,
  { id }: Locked<Account>,
  address: Pick<Account, 'email' | 'email_key' | 'email_verified'>,
): Promise<void> {
  await db.updateTable('accounts').set(address).where('id', '=', id).execute()
}

/** Columns that users may change themselves. */
export type ProfileColumns = Partial<
  Pick<Account, 'name' | 'username' | 'username_key' | 'profile' | 'locale'>
>

/** Sets profile columns; columns that are left out stay. */
export async function setProfile(
  db: Connection,
  { id }: Locked<Account>,
  change: ProfileColumns,
): Promise<void> {
  if (Object.keys(change).length === 0) return
  await db.updateTable('accounts').set(change).where('id', '=', id).execute()
}

/**
 * A page of accounts by age; `search` is part of an address, user name or name, matched literally.
 */
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
