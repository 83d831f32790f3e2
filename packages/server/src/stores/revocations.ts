import type { Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import type { RevocationTable } from '../database/tables/revocation.ts'

export type Revocation = Selectable<RevocationTable>

/** Writes an entry under the next number; the counter's row makes writers take turns. */
export async function appendRevocation(
  db: Connection,
  entry: Omit<Revocation, 'seq'>,
): Promise<Revocation> {
  const { seq } = await db
    .updateTable('revocation_counter')
    .set((set) => ({ seq: set('seq', '+', 1) }))
    .where('id', '=', 1)
    .returning('seq')
    .executeTakeFirstOrThrow()
  const row = { ...entry, seq }
  await db.insertInto('revocations').values(row).execute()
  return row
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
