import { sql, SqliteAdapter } from 'kysely'
import type { Kysely } from 'kysely'
import type { Connection } from './database.ts'

// Versions up to migration 009 recorded migrations in two tables of Kysely's migrator.

interface FormerTable {
  name: string
  timestamp: string
}

interface Former {
  kysely_migration: FormerTable
  later_migrations: FormerTable
}

const READ = ['kysely_migration', 'later_migrations'] as const

/** The tables that are dropped. */
export const FORMER = [...READ, 'kysely_migration_lock'] as const

/**
 * The only row that stays in `kysely_migration`. A former version has migrations to apply then, and
 * its migrator refuses to with: corrupted migrations: previously executed migration … is missing.
 */
const REFUSAL =
  '010-credentials, with which only later versions of Keyhaven work (start one of these, or restore the backup from before the upgrade),'

/** The migrations that former versions have recorded, in any order. */
export async function formerNames(db: Connection): Promise<readonly string[]> {
  const names: string[] = []
  for (const table of READ) {
    if (!(await hasTable(db, table))) continue
    const rows = await asFormer(db).selectFrom(table).select('name').execute()
    names.push(...rows.map(({ name }) => name))
  }
  return names.filter((name) => name !== REFUSAL)
}

/**
 * Drops the tables of former versions, and lets these versions refuse to start from now on.
 * @returns the migrations that they have recorded.
 */
export async function carryOver(db: Connection): Promise<readonly string[]> {
  const names = await formerNames(db)
  for (const table of FORMER) {
    await db.schema.dropTable(table).ifExists().execute()
  }
  await db.schema
    .createTable('kysely_migration')
    .addColumn('name', 'varchar(255)', (column) => column.primaryKey())
    .addColumn('timestamp', 'varchar(255)', (column) => column.notNull())
    .execute()
  const timestamp = new Date().toISOString()
  await asFormer(db).insertInto('kysely_migration').values({ name: REFUSAL, timestamp }).execute()
  return names
}

/** Whether a table exists. */
export async function hasTable(db: Connection, name: string): Promise<boolean> {
  const { adapter } = db.getExecutor()
  const found = await (adapter instanceof SqliteAdapter
    ? sql`select 1 from sqlite_schema where type = 'table' and name = ${name}`
    : sql`select 1 where to_regclass(${name}) is not null`
  ).execute(db)
  return found.rows.length > 0
}

function asFormer(db: Connection): Kysely<Former> {
  return db as unknown as Kysely<Former>
}
