import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { SqliteDialect, SqliteQueryCompiler } from 'kysely'
import type { QueryCompiler, SelectModifierNode, SqliteDatabase } from 'kysely'

/** Prepared statements that are kept; the service has fewer than this. */
const MAX_STATEMENTS = 200

/** Milliseconds that opening waits for another process's lock. */
const OPENING = 5000

/**
 * Opens a connection. Its opener may wait for the locks of other processes; once it serves, it never
 * does: the driver is synchronous, and a wait of its own would stop every request.
 */
export function connectSqlite(file: string): DatabaseSync {
  const raw = new DatabaseSync(file)
  raw.exec(`pragma busy_timeout=${OPENING}`)
  raw.exec('pragma journal_mode=WAL')
  return raw
}

/** From now on a lock of another process is an error at once, for the caller to try again. */
export function waitForNobody(raw: DatabaseSync): void {
  raw.exec('pragma busy_timeout=0')
}

/** Lets go of every page in memory: the next query reads the file again. */
export function forgetPages(raw: DatabaseSync): void {
  raw.exec('pragma shrink_memory')
}

/**
 * Kysely's SQLite dialect over `node:sqlite`. Durable in WAL mode (`synchronous=FULL`, asserted);
 * a transaction takes the write lock at its start, so that it can't fail half way for want of it.
 */
export function sqliteDialect(raw: DatabaseSync): SqliteDialect {
  raw.exec('pragma synchronous=FULL')
  const durable = raw.prepare('pragma synchronous').get()
  if (durable?.['synchronous'] !== 2) throw new Error('SQLite did not accept synchronous=FULL.')
  return hastyDialect(raw)
}

/** The same on a connection that need not wait for the disk at every commit. */
export function hastyDialect(raw: DatabaseSync): SqliteDialect {
  raw.exec('pragma foreign_keys=ON')
  return new Dialect({ database: databaseOf(raw) })
}

class Dialect extends SqliteDialect {
  override createQueryCompiler(): QueryCompiler {
    return new Compiler()
  }
}

const locking: ReadonlySet<string | undefined> = new Set(['ForUpdate', 'SkipLocked'])

/** Leaves out `for update`: whoever writes has the whole file locked, so there is nothing to skip either. */
class Compiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (!locking.has(node.modifier)) super.visitSelectModifier(node)
  }
}

/** Prepares each statement once. */
export function preparing(raw: DatabaseSync): (sql: string) => StatementSync {
  return cached((sql) => raw.prepare(sql))
}

function cached<T>(make: (sql: string) => T): (sql: string) => T {
  const known = new Map<string, T>()
  return (sql) => {
    const seen = known.get(sql)
    if (seen !== undefined) return seen
    const made = make(sql)
    if (known.size >= MAX_STATEMENTS) known.clear()
    known.set(sql, made)
    return made
  }
}

function databaseOf(raw: DatabaseSync): SqliteDatabase {
  const values = (parameters: readonly unknown[]): SQLInputValue[] => parameters as SQLInputValue[]
  const prepare = cached((sql) => {
    const statement = raw.prepare(sql)
    return {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...values(parameters)),
      run: (parameters: readonly unknown[]) => statement.run(...values(parameters)),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...values(parameters)),
    }
  })
  return {
    close: () => raw.close(),
    prepare: (sql) => {
      if (sql === 'begin') return prepare('begin immediate')
      // A full disk or a broken file rolls back by itself: another try would hide the cause
      return prepare(sql === 'rollback' && !raw.isTransaction ? 'select 1' : sql)
    },
  }
}
