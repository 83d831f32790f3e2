import type { Insertable, Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import type { Locked } from '../database/locked.ts'
import type { GuardReportTable, GuardTable } from '../database/tables/guard.ts'
import type { InstallationRow } from './installation.ts'
import { fromPosition, inOrder, pageOf } from './page.ts'
import type { Order, Page, PageRequest } from './page.ts'

export type GuardRow = Selectable<GuardTable>
export type GuardReport = Selectable<GuardReportTable>

const byAge: Order = ['created_at', 'id']

export async function insertGuard(
  db: Connection,
  _of: Locked<InstallationRow>,
  row: Insertable<GuardTable>,
): Promise<void> {
  await db.insertInto('guards').values(row).execute()
}

export function findGuardByHash(db: Connection, hash: string): Promise<GuardRow | undefined> {
  return db.selectFrom('guards').selectAll().where('key_hash', '=', hash).executeTakeFirst()
}

export function findGuardByName(db: Connection, name: string): Promise<GuardRow | undefined> {
  return db.selectFrom('guards').selectAll().where('name', '=', name).executeTakeFirst()
}

/** Removes a guard's key with all that it reported. */
export async function deleteGuard(
  db: Connection,
  _of: Locked<InstallationRow>,
  id: string,
): Promise<void> {
  await db.deleteFrom('guard_reports').where('guard_id', '=', id).execute()
  await db.deleteFrom('guards').where('id', '=', id).execute()
}

/** Guards by the age of their keys. */
export async function guardPage(db: Connection, page: PageRequest): Promise<Page<GuardRow>> {
  const rows = await db
    .selectFrom('guards')
    .selectAll()
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows, page.limit, ({ created_at, id }) => ({ at: created_at, id }))
}

/** Ids of every guard whose key opens the feed. */
export async function guardIds(db: Connection): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('guards').select('id').execute()
  return new Set(rows.map(({ id }) => id))
}

/** Writes what one process has heard of guards, in place of what it wrote before. */
export async function putReports(db: Connection, reports: readonly GuardReport[]): Promise<void> {
  for (const { guard_id, process_id, ...heard } of reports) {
    await db
      .insertInto('guard_reports')
      .values({ guard_id, process_id, ...heard })
      .onConflict((conflict) =>
        conflict.columns(['guard_id', 'process_id']).doUpdateSet({ ...heard }),
      )
      .execute()
  }
}

/** What every process has heard of the guards of a page. */
export function reportsOf(db: Connection, page: PageRequest): Promise<GuardReport[]> {
  const guards = db
    .selectFrom('guards')
    .select('id')
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit)
  return db.selectFrom('guard_reports').selectAll().where('guard_id', 'in', guards).execute()
}

/** Forgets what was written before, where another process has written of the same guard since. */
export async function dropReportsBefore(db: Connection, time: number): Promise<void> {
  await db
    .deleteFrom('guard_reports')
    .where('updated_at', '<', time)
    .where((where) =>
      where.exists(
        where
          .selectFrom('guard_reports as later')
          .select('later.guard_id')
          .whereRef('later.guard_id', '=', 'guard_reports.guard_id')
          .whereRef('later.updated_at', '>', 'guard_reports.updated_at'),
      ),
    )
    .execute()
}
