import type { Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import type { Locked } from '../database/locked.ts'
import type { SigningKeyTable } from '../database/tables/signing-key.ts'
import type { InstallationRow } from './installation.ts'

export type SealedKey = Selectable<SigningKeyTable>

/** Every signing key, sealed, newest first. */
export function signingKeys(db: Connection): Promise<SealedKey[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('signs_from', 'desc').execute()
}

export async function insertSigningKey(
  db: Connection,
  _of: Locked<InstallationRow>,
  row: SealedKey,
): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute()
}

/** Gives a key its end of publication, where it has none. */
export async function retireKeys(
  db: Connection,
  _of: Locked<InstallationRow>,
  publishedUntil: number,
): Promise<void> {
  await db
    .updateTable('signing_keys')
    .set({ published_until: publishedUntil })
    .where('published_until', 'is', null)
    .execute()
}

/** Withdraws every key, or those that are named, and returns the names of those that were not withdrawn before. */
export async function withdrawKeys(
  db: Connection,
  _of: Locked<InstallationRow>,
  { now, kids }: { readonly now: number; readonly kids?: readonly string[] },
): Promise<string[]> {
  const rows = await db
    .updateTable('signing_keys')
    .set({ withdrawn_at: now, published_until: now })
    .where('withdrawn_at', 'is', null)
    .$if(kids !== undefined, (query) => query.where('kid', 'in', kids ?? []))
    .returning('kid')
    .execute()
  return rows.map(({ kid }) => kid)
}

/** Destroys keys whose publication ended before a time; the answer counts them. They are few: there is no index. */
export async function dropKeysBefore(db: Connection, time: number, most: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('signing_keys')
    .where('kid', 'in', (keys) =>
      keys
        .selectFrom('signing_keys')
        .select('kid')
        .where('published_until', '<', time)
        .orderBy('published_until')
        .limit(most),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

export async function resealSigningKey(
  db: Connection,
  _of: Locked<InstallationRow>,
  { kid, sealed }: Pick<SealedKey, 'kid' | 'sealed'>,
): Promise<void> {
  await db.updateTable('signing_keys').set({ sealed }).where('kid', '=', kid).execute()
}

/** Secrets of the service, sealed, by name. */
export async function serviceKeys(db: Connection): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('service_keys').selectAll().execute()
  return new Map(rows.map(({ name, sealed }) => [name, sealed]))
}

/** Writes a sealed secret of the service, in place of one of the same name. */
export async function putServiceKey(
  db: Connection,
  _of: Locked<InstallationRow>,
  { name, sealed }: { readonly name: string; readonly sealed: string },
): Promise<void> {
  await db
    .insertInto('service_keys')
    .values({ name, sealed })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ sealed }))
    .execute()
}
