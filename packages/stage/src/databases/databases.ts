import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { inject, vi } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server on which databases can be made; without one the run is on SQLite. */
    readonly postgres: string
    /** The file, or the database on that server, that a run's databases are copied from: all tables, empty. */
    readonly template: string
  }
}

interface Making {
  /** `false` for a test of an empty database: a migration, a first start. */
  readonly migrated?: boolean
  /** A database without open connections, to begin with a copy of it. */
  readonly from?: string
}

/** Databases of the PostgreSQL server that are there: each question is a connection. */
const made = new Set<string>()

/**
 * The database of a data folder, as a setting for the service. The run decides the engine. A new database
 * has its tables already.
 */
export async function databaseIn(
  folder: string,
  { migrated = true, from }: Making = {},
): Promise<string> {
  const server: string | undefined = inject('postgres')
  const template = migrated ? inject('template') : undefined
  if (server === undefined) {
    const file = join(folder, 'keyhaven.sqlite')
    // A folder that is not empty is in use: it has its database, or a test has deleted it
    const isNew = existsSync(folder) && readdirSync(folder).length === 0
    const original = from ?? (isNew ? template : undefined)
    if (original !== undefined) copyFileSync(original, file)
    return file
  }
  const name = `keyhaven_test_${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  if (!made.has(name)) {
    const known = await rowsIn(server, `select 1 from pg_database where datname = '${name}'`)
    if (known.length === 0) {
      const original = from === undefined ? template : placeOf(from).name
      await rowsIn(server, `create database ${name} template ${original ?? 'template1'}`)
    }
    made.add(name)
  }
  const url = new URL(server)
  url.pathname = name
  return url.href
}

/** The rows that a statement returns on such a database, without any store. */
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
  // A connection that breaks fails its query too
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Runs statements in one transaction of a connection of its own, as another process would. */
export async function changeIn(database: string, ...statements: readonly string[]): Promise<void> {
  if (database.startsWith('postgres')) return (await changing(database, ...statements))()
  const file = await begun(database)
  // At once: what is awaited meanwhile would wait for this lock
  try {
    for (const sql of [...statements, 'commit']) file.exec(sql)
  } finally {
    // With its lock, if a statement is refused
    file.close()
  }
}

/** The same, with the transaction left open. Returns a function that commits it. */
export async function changing(
  database: string,
  ...statements: readonly string[]
): Promise<() => Promise<void>> {
  if (!database.startsWith('postgres')) {
    const file = await begun(database)
    for (const sql of statements) file.exec(sql)
    return async () => {
      file.exec('commit')
      file.close()
    }
  }
  const client = new Client(database)
  await client.connect()
  try {
    for (const sql of ['begin', ...statements]) await client.query(sql)
  } catch (error) {
    await client.end()
    throw error
  }
  return async () => {
    await client.query('commit')
    await client.end()
  }
}

/** Begins a transaction on a connection of its own. It polls for the lock, which this process may hold itself. */
async function begun(database: string): Promise<DatabaseSync> {
  const file = new DatabaseSync(database)
  file.exec('pragma synchronous=off')
  for (let tries = 0; ; tries++) {
    try {
      file.exec('begin immediate')
      return file
    } catch (error) {
      if (tries > 500) throw error
      await sleep(10)
    }
  }
}

/** Copies a database without open connections. Returns a function that restores the copy. */
export async function backUp(database: string): Promise<() => Promise<void>> {
  if (!database.startsWith('postgres')) {
    const file = new DatabaseSync(database)
    file.exec('pragma wal_checkpoint(truncate)')
    file.close()
    copyFileSync(database, `${database}-backup`)
    return async () => {
      for (const end of ['-wal', '-shm']) rmSync(database + end, { force: true })
      copyFileSync(`${database}-backup`, database)
    }
  }
  const { name, server } = placeOf(database)
  await rowsIn(server, `create database ${name}_backup template ${name}`)
  return async () => {
    await rowsIn(server, `drop database ${name}`)
    await rowsIn(server, `create database ${name} template ${name}_backup`)
  }
}

/** Deletes a database without open connections: it is empty when it is opened again. */
export async function empty(database: string): Promise<void> {
  if (!database.startsWith('postgres')) {
    for (const end of ['', '-wal', '-shm']) rmSync(database + end, { force: true })
    return
  }
  const { name, server } = placeOf(database)
  await rowsIn(server, `drop database ${name}`)
  await rowsIn(server, `create database ${name}`)
}

/** A database's name, and the URL of its server’s database `postgres`, from which it can be made and dropped. */
function placeOf(database: string): { readonly name: string; readonly server: string } {
  const server = new URL(database)
  const name = server.pathname.slice(1)
  server.pathname = '/postgres'
  return { name, server: server.href }
}

/** All rows of such a database, as text; `without` names tables to leave out. */
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

/** Statements that were run since the count began, or since `clear`. */
interface StatementCount {
  clear(): void
  count(): number
  texts(): readonly string[]
  restore(): void
}

/** Counts the statements of every engine from now on; `restore` ends it. */
export function countStatements(): StatementCount {
  const queries = vi.spyOn(Client.prototype, 'query')
  const prepared = (['all', 'get', 'run'] as const).map((name) =>
    vi.spyOn(StatementSync.prototype, name),
  )
  const spies = [...prepared, queries]
  const textOf = ([query]: readonly unknown[]): string =>
    typeof query === 'string' ? query : String((query as { text?: unknown }).text)
  return {
    clear: () => spies.forEach((spy) => spy.mockClear()),
    texts: () => [
      ...prepared.flatMap((spy) =>
        spy.mock.contexts.map((statement) => (statement as StatementSync).sourceSQL),
      ),
      ...queries.mock.calls.map(textOf),
    ],
    count: () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0),
    restore: () => spies.forEach((spy) => spy.mockRestore()),
  }
}
