import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { SqliteDialect } from 'kysely'
import type { SqliteDatabase } from 'kysely'

/** Prepared statements that are kept; the service has fewer than this. */
const MAX_STATEMENTS = 200

/** Longest time that the synchronous driver may stop the event loop for another process's lock. */
const BUSY_MILLISECONDS = 50

/**
 * Kysely's SQLite dialect over `node:sqlite`. Durable in WAL mode (`synchronous=FULL`, asserted);
 * a transaction takes the write lock at its start, so that it can't fail half way for want of it.
 */
export function sqliteDialect(file: string): SqliteDialect {
  const raw = new DatabaseSync(file)
  raw.exec(`pragma busy_timeout=${BUSY_MILLISECONDS}`)
  raw.exec('pragma journal_mode=WAL')
  raw.exec('pragma synchronous=FULL')
  raw.exec('pragma foreign_keys=ON')
  const durable = raw.prepare('pragma synchronous').get()
  if (durable?.['synchronous'] !== 2) throw new Error('SQLite did not accept synchronous=FULL.')
  return new SqliteDialect({ database: withStatementCache(raw) })
}

function withStatementCache(raw: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const known = cache.get(sql)
    if (known) return known
    const statement = raw.prepare(sql === 'begin' ? 'begin immediate' : sql)
    if (cache.size >= MAX_STATEMENTS) cache.clear()
    cache.set(sql, statement)
    return statement
  }
  return {
    close: () => raw.close(),
    prepare: (sql) => {
      const statement = prepare(sql)
      const values = (parameters: readonly unknown[]): SQLInputValue[] =>
        parameters as SQLInputValue[]
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      }
    },
  }
}
