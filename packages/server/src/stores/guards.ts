import type { Insertable, Selectable } from 'kysely'
import type { Connection } from '../database/database.ts'
import type { Locked } from '../database/locked.ts'
import type { GuardReportTable, GuardTable } from '../database/tables/guard.ts'
import type { InstallationRow } from './installation.ts'
import { fromPosition, inOrder, pageOf } from './page.ts'
import type { Order, Page, PageRequest } from './page.ts'

/** A row of `guards`. */
export type GuardRow = Selectable<GuardTable>
/** A row of `guard_reports`. */
export type GuardReport = Selectable<GuardReportTable>

const byAge: Order = ['created_at', 'id']

/** Inserts a guard key. */
export async function insertGuard(
  db: Connection,
  _of: Locked<InstallationRow>,
  row: Insertable<GuardTable>,
): Promise<void> {
  await db.insertInto('guards').values(row).execute()
}

/** Finds a guard by the hash of its key. */
export function findGuardByHash(db: Connection, hash: string): Promise<GuardRow | undefined> {
  return db.selectFrom('guards').selectAll().where('key_hash', '=', hash).executeTakeFirst()
}

/** Finds a guard by its name. */
export function findGuardByName(db: Connection, name: string): Promise<GuardRow | undefined> {
  return db.selectFrom('guards').selectAll().where('name', '=', name).executeTakeFirst()
}

/** Deletes a guard's key and reports. */
export async function deleteGuard(
  db: Connection,
  _of: Locked<InstallationRow>,
  id: string,
): Promise<void> {
  await db.deleteFrom('guard_reports').where('guard_id', '=', id).execute()
  await db.deleteFrom('guards').where('id', '=', id).execute()
}

/** Finds a guard by its id. */
export function findGuardById(db: Connection, id: string): Promise<GuardRow | undefined> {
  return db.selectFrom('guards').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The guards that redeem tickets at origins besides those of their audiences. */
export function guardsWithOrigins(
  db: Connection,
): Promise<Pick<GuardRow, 'audiences' | 'origins'>[]> {
  return db
    .selectFrom('guards')
    .select(['audiences', 'origins'])
    .where('origins', 'is not', null)
    .execute()
}

/** The audiences of all guards that name some. */
export async function guardAudiences(db: Connection): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('guards')
    .select('audiences')
    .where('audiences', 'is not', null)
    .execute()
  return new Set(rows.flatMap(({ audiences }) => JSON.parse(audiences ?? '[]') as string[]))
}

/** A page of guards by the age of their keys. */
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

/** Ids of all guards. */
export async function guardIds(db: Connection): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('guards').select('id').execute()
  return new Set(rows.map(({ id }) => id))
}

/** Writes one process's reports of guards; each replaces its former one. */
export async function putReports(db: Connection, reports: readonly GuardReport[]): Promise<void> {
  for (const { guard_id, process_id, ...report } of reports) {
    await db
      .insertInto('guard_reports')
      .values({ guard_id, process_id, ...report })
      .onConflict((conflict) =>
        conflict.columns(['guard_id', 'process_id']).doUpdateSet({ ...report }),
      )
      .execute()
  }
}

/** Reports of all processes, of the guards on a page. */
export function reportsOf(db: Connection, page: PageRequest): Promise<GuardReport[]> {
  const guards = db
    .selectFrom('guards')
    .select('id')
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit)
  return db.selectFrom('guard_reports').selectAll().where('guard_id', 'in', guards).execute()
}

/** Deletes reports older than a time, of guards that have a newer report. */
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
