import type { Selectable } from 'kysely'
import { compiled, inserting } from '../../database/compiled.ts'
import type { Connection } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import type { RefreshFamilyTable } from '../../database/tables/refresh-family.ts'
import type { Credential } from './credentials.ts'

/** The refresh tokens of one session. */
export type RefreshFamily = Selectable<RefreshFamilyTable>

const write = inserting('refresh_families', ['credential_id', 'family', 'generation', 'rotated_at'])

/** Inserts the family of a session that this transaction has written. */
export async function insertFamily(
  db: Connection,
  { id }: Locked<Pick<Credential, 'id'>>,
  family: string,
): Promise<void> {
  await write(db, { credential_id: id, family, generation: 0, rotated_at: null })
}

const byFamily = compiled((db, family: string) =>
  db.selectFrom('refresh_families').selectAll().where('family', '=', family),
)

/** Finds a family by the name that its tokens contain. Every change of it holds the lock of its account. */
export async function findFamily(
  db: Connection,
  family: string,
): Promise<RefreshFamily | undefined> {
  return (await byFamily(db, family))[0]
}

/** Makes another generation the current one, in the family of a locked session. */
export async function rotateFamily(
  db: Connection,
  { id }: Locked<Pick<Credential, 'id'>>,
  { generation, at }: { readonly generation: number; readonly at: number },
): Promise<void> {
  await db
    .updateTable('refresh_families')
    .set({ generation, rotated_at: at })
    .where('credential_id', '=', id)
    .execute()
}
