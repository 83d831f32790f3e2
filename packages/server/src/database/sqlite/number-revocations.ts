import { compiled } from '../compiled.ts'
import type { Connection } from '../database.ts'
import { insertingAll } from '../over-rows.ts'
import { entryColumns } from '../tables/revocation.ts'

const anyPending = compiled((db) => db.selectFrom('pending_revocations').select('place').limit(1))

const takePending = compiled((db) => db.deleteFrom('pending_revocations').returningAll())

const insertAll = insertingAll('revocations', ['seq', ...entryColumns])

/** Numbers the entries of the transaction that it runs in; no other transaction writes meanwhile. */
export async function numberRevocations(db: Connection): Promise<void> {
  if ((await anyPending(db)).length === 0) return
  const taken = (await takePending(db)).toSorted((one, other) => one.place - other.place)
  const { seq: newest } = await db
    .updateTable('revocation_counter')
    .set((counter) => ({ seq: counter('seq', '+', taken.length) }))
    .where('id', '=', 1)
    .returning('seq')
    .executeTakeFirstOrThrow()
  const before = newest - taken.length
  const rows = taken.map(({ place: _place, ...entry }, at) => ({ ...entry, seq: before + 1 + at }))
  await insertAll(db, rows)
}
