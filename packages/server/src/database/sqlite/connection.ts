import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { SqliteDialect, SqliteQueryCompiler } from 'kysely'
import type { BinaryOperationNode, QueryCompiler, SelectModifierNode, SqliteDatabase } from 'kysely'
import { jsonParameter } from '../json-parameter.ts'
import { listOf } from '../list-of.ts'
import { durability } from './durability.ts'

/** Prepared statements that are cached; the service has fewer. */
const MAX_STATEMENTS = 200

/** Milliseconds that opening waits for another process's lock. */
const OPENING = 5000

/**
 * Opens a connection that waits for the locks of other processes. Once it serves requests it must
 * not wait, because the driver is synchronous and would block every request: see `failOnLocks`.
 */
export function connectSqlite(file: string): DatabaseSync {
  const raw = new DatabaseSync(file)
  raw.exec(`pragma busy_timeout=${OPENING}`)
  raw.exec('pragma journal_mode=WAL')
  return raw
}

/** From now on a lock of another process fails the statement at once; the caller retries. */
export function failOnLocks(raw: DatabaseSync): void {
  raw.exec('pragma busy_timeout=0')
}

/** Drops every cached page, so that the next query reads the file again. */
export function forgetPages(raw: DatabaseSync): void {
  raw.exec('pragma shrink_memory')
}

/**
 * Kysely's SQLite dialect over `node:sqlite`. Durable in WAL mode (`synchronous=FULL`, asserted). A
 * transaction takes the write lock at its start, so it never fails half way for lack of it.
 */
export function sqliteDialect(raw: DatabaseSync): SqliteDialect {
  const { synchronous, number } = durability
  raw.exec(`pragma synchronous=${synchronous}`)
  const set = raw.prepare('pragma synchronous').get()
  if (set?.['synchronous'] !== number) {
    throw new Error(`SQLite did not accept synchronous=${synchronous}.`)
  }
  return hastyDialect(raw)
}

/** Kysely's SQLite dialect on a connection that need not wait for the disk at each commit. */
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

/** Leaves out `for update` and `skip locked`, as a SQLite writer locks the whole file. */
class Compiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (!locking.has(node.modifier)) super.visitSelectModifier(node)
  }

  /** A list is one parameter: the text does not depend on its length, so it is prepared once. */
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const list = listOf(node)
    if (list === undefined) return super.visitBinaryOperation(node)
    this.visitNode(node.leftOperand)
    this.append(' in (select value from json_each(')
    this.appendValue(jsonParameter(list))
    this.append('))')
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
      // SQLite has rolled back by itself after a full disk or a damaged file: another rollback
      // would hide the cause
      return prepare(sql === 'rollback' && !raw.isTransaction ? 'select 1' : sql)
    },
  }
}
