import { compiled } from './compiled.ts'
import type { Connection } from './database.ts'

/** Entries numbered in one transaction. */
const BATCH = 1000

const anyPending = compiled((db) => db.selectFrom('pending_revocations').select('place').limit(1))

/** Whether any revocation has no number yet. */
export async function hasPending(db: Connection): Promise<boolean> {
  return (await anyPending(db)).length > 0
}

/**
 * Numbers pending revocations, in a transaction of its own if several processes write: it sees
 * committed entries only, and the lock on the counter makes numbering processes take turns. So a
 * number never becomes visible before a lower one.
 * @returns whether more may be pending.
 */
export async function numberRevocations(db: Connection): Promise<boolean> {
  const { seq } = await db
    .selectFrom('revocation_counter')
    .select('seq')
    .where('id', '=', 1)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const taken = await db
    .deleteFrom('pending_revocations')
    .where('place', 'in', (pending) =>
      pending.selectFrom('pending_revocations').select('place').orderBy('place').limit(BATCH),
    )
    .returningAll()
    .execute()
  if (taken.length === 0) return false
  const rows = taken
    .toSorted((one, other) => one.place - other.place)
    .map(({ place: _place, ...entry }, at) => ({ ...entry, seq: seq + 1 + at }))
  await db.insertInto('revocations').values(rows).execute()
  await db
    .updateTable('revocation_counter')
    .set({ seq: seq + rows.length })
    .where('id', '=', 1)
    .execute()
  return taken.length === BATCH
}
