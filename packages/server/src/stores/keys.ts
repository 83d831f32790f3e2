import type { Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import type { SigningKeyTable } from '../database/tables/signing-key.ts'

export type SealedKey = Selectable<SigningKeyTable>

/** Sealed signing keys, newest first. */
export function signingKeys(db: Connection): Promise<SealedKey[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').execute()
}

export async function insertSigningKey(db: Connection, row: SealedKey): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute()
}

/** A sealed secret of the service. */
export async function findServiceKey(db: Connection, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('service_keys')
    .select('sealed')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.sealed
}

export async function insertServiceKey(
  db: Connection,
  name: string,
  sealed: string,
): Promise<void> {
  await db.insertInto('service_keys').values({ name, sealed }).execute()
}
