import type { Selectable } from 'kysely'
import { inserting } from '../database/compiled.ts'
import type { Connection } from '../database/database.ts'
import type { RevocationTable } from '../database/tables/revocation.ts'

export type Revocation = Selectable<RevocationTable>

const insertPending = inserting('pending_revocations', ['kind', 'id', 'code', 'until'])

/** Writes an entry in a transaction of `Database.append`, which gives it its number: until then it has 0. */
export async function appendRevocation(
  db: Connection,
  entry: Omit<Revocation, 'seq'>,
): Promise<Revocation> {
  await insertPending(db, entry)
  return { ...entry, seq: 0 }
}

/** The number of the newest entry; 0 before the first. */
export async function newestSeq(db: Connection): Promise<number> {
  const { seq } = await db
    .selectFrom('revocation_counter')
    .select('seq')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
  return seq
}

/** Entries behind a number, oldest first. */
export function revocationsAfter(db: Connection, seq: number): Promise<Revocation[]> {
  return db
    .selectFrom('revocations')
    .selectAll()
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(1000)
    .execute()
}

/** Drops entries that can hit no token any more. */
export async function dropRevocationsBefore(db: Connection, now: number): Promise<void> {
  await db.deleteFrom('revocations').where('until', '<', now).where('kind', '!=', 'kid').execute()
}

/** The entry that hits this claim's value. */
export function findRevocation(
  db: Connection,
  kind: Revocation['kind'],
  id: string,
): Promise<Revocation | undefined> {
  return db
    .selectFrom('revocations')
    .selectAll()
    .where('kind', '=', kind)
    .where('id', '=', id)
    .limit(1)
    .executeTakeFirst()
}
