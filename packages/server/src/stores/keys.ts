import type { Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import type { Locked } from '../database/locked.ts'
import type { SigningKeyTable } from '../database/tables/signing-key.ts'
import type { InstallationRow } from './installation.ts'

/** A row of `signing_keys`: a key with its private part sealed. */
export type SealedKey = Selectable<SigningKeyTable>

/** Every signing key, newest first. */
export function signingKeys(db: Connection): Promise<SealedKey[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('signs_from', 'desc').execute()
}

/** Inserts a signing key. */
export async function insertSigningKey(
  db: Connection,
  _of: Locked<InstallationRow>,
  row: SealedKey,
): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute()
}

/** Sets the end of publication of every key that has none. */
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

/**
 * Withdraws every key, or the named ones.
 * @returns the `kid` of those that were not withdrawn before.
 */
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

/**
 * Deletes keys whose publication ended before a time. There are few keys, so they have no index.
 * @returns how many.
 */
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

/** Replaces the sealed private key after a change of the master key. */
export async function resealSigningKey(
  db: Connection,
  _of: Locked<InstallationRow>,
  { kid, sealed }: Pick<SealedKey, 'kid' | 'sealed'>,
): Promise<void> {
  await db.updateTable('signing_keys').set({ sealed }).where('kid', '=', kid).execute()
}

/** Sealed secrets of the service, by name. */
export async function serviceKeys(db: Connection): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('service_keys').selectAll().execute()
  return new Map(rows.map(({ name, sealed }) => [name, sealed]))
}

/** Stores a sealed secret of the service; replaces one of the same name. */
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
