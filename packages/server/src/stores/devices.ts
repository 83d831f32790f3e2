import type { Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import type { Locked } from '../database/locked.ts'
import type { DeviceTable } from '../database/tables/device.ts'
import type { Account } from './accounts.ts'

/** A browser that an account knows. */
export type Device = Selectable<DeviceTable>

/** Accounts that one browser may belong to; the least recently used ones are left behind. */
export const MOST_ACCOUNTS = 10

/** Browsers that one account may know. */
const MOST_DEVICES = 50

/** Finds what accounts know of the browser with these hashes of device cookies, last used first. */
export async function devicesByCookie(
  db: Connection,
  hashes: readonly string[],
): Promise<readonly Device[]> {
  if (hashes.length === 0) return []
  return db
    .selectFrom('devices')
    .selectAll()
    .where('cookie_sha256', 'in', hashes)
    .orderBy('last_used_at', 'desc')
    .orderBy('id')
    .limit(hashes.length * MOST_ACCOUNTS)
    .execute()
}

/** Lists the browsers that an account knows, last used first. */
export function devicesOf(db: Connection, accountId: string): Promise<Device[]> {
  return db
    .selectFrom('devices')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('last_used_at', 'desc')
    .orderBy('id')
    .limit(MOST_DEVICES)
    .execute()
}

/** Writes a new browser of a locked account, which forgets the least recently used one beyond 50. */
export async function insertDevice(
  db: Connection,
  { id: account_id }: Locked<Account>,
  device: Omit<Device, 'account_id'>,
): Promise<void> {
  await db
    .insertInto('devices')
    .values({ ...device, account_id })
    .execute()
  await db
    .deleteFrom('devices')
    .where('id', 'in', (all) =>
      all
        .selectFrom('devices')
        .select('id')
        .where('account_id', '=', account_id)
        .orderBy('last_used_at', 'desc')
        .orderBy('first_used_at', 'desc')
        .orderBy('id')
        .limit(MOST_DEVICES)
        .offset(MOST_DEVICES),
    )
    .execute()
}

/** Stores another sign-in of a browser, with its next cookie. @returns false if it was forgotten. */
export async function renewDevice(
  db: Connection,
  { id: accountId }: Locked<Account>,
  { id, ...changes }: Omit<Device, 'account_id' | 'first_used_at'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('devices')
    .set(changes)
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Gives other accounts of a browser its next cookie. */
export async function carryDevices(
  db: Connection,
  ids: readonly string[],
  hash: string,
): Promise<void> {
  await db.updateTable('devices').set({ cookie_sha256: hash }).where('id', 'in', ids).execute()
}

/** Forgets the browsers of a locked account, except those with these hashes of cookies. */
export async function forgetDevices(
  db: Connection,
  { id }: Locked<Account>,
  keep: readonly string[] = [],
): Promise<void> {
  await db
    .deleteFrom('devices')
    .where('account_id', '=', id)
    .$if(keep.length > 0, (query) => query.where('cookie_sha256', 'not in', keep))
    .execute()
}

/** Forgets one browser of a locked account. @returns false if the account does not know it. */
export async function forgetDevice(
  db: Connection,
  { id: accountId }: Locked<Account>,
  id: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('devices')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

/** Deletes browsers not used since this millisecond, oldest first. @returns how many. */
export async function dropDevicesBefore(
  db: Connection,
  time: number,
  most: number,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('devices')
    .where('id', 'in', (devices) =>
      devices
        .selectFrom('devices')
        .select('id')
        .where('last_used_at', '<', time)
        .orderBy('last_used_at')
        .limit(most),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}
