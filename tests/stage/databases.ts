import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { Client } from 'pg'
import { inject, vi } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server on which databases can be made; the run is on SQLite where there is none. */
    readonly postgres: string
  }
}

/** The database that belongs to a data folder, as a setting: every test runs on every engine. */
export async function databaseIn(folder: string): Promise<string> {
  const server: string | undefined = inject('postgres')
  if (server === undefined) return join(folder, 'keyhaven.sqlite')
  const name = `keyhaven_test_${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  const known = await rowsIn(server, `select 1 from pg_database where datname = '${name}'`)
  if (known.length === 0) await rowsIn(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = name
  return url.href
}

/** What a statement gives on such a database, past every store. */
export async function rowsIn(database: string, sql: string): Promise<Record<string, unknown>[]> {
  if (!database.startsWith('postgres')) {
    const file = new DatabaseSync(database)
    try {
      return file.prepare(sql).all()
    } finally {
      file.close()
    }
  }
  const client = new Client(database)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Everything that lies in such a database, as text; `without` names tables to leave out. */
export async function contentsOf(
  database: string,
  { without = [] }: { readonly without?: readonly string[] } = {},
): Promise<string> {
  const tables = database.startsWith('postgres')
    ? "select tablename as name from pg_tables where schemaname = 'public' order by 1"
    : "select name from sqlite_master where type = 'table' order by 1"
  const names = (await rowsIn(database, tables)).map(({ name }) => String(name))
  const all = names
    .filter((name) => !without.includes(name))
    .map(async (name) => [name, await rowsIn(database, `select * from ${name}`)])
  return JSON.stringify(await Promise.all(all))
}

/** Counts statements of every engine from now on; `restore` ends it. */
export function countStatements(): { clear(): void; count(): number; restore(): void } {
  const spies = [
    ...(['all', 'get', 'run'] as const).map((name) => vi.spyOn(StatementSync.prototype, name)),
    vi.spyOn(Client.prototype, 'query'),
  ]
  return {
    clear: () => spies.forEach((spy) => spy.mockClear()),
    count: () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0),
    restore: () => spies.forEach((spy) => spy.mockRestore()),
  }
}
