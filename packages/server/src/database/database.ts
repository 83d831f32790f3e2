import { setTimeout as sleep } from 'node:timers/promises'
import { KeyhavenError } from '@keyhaven/core/errors'
import { Kysely } from 'kysely'
import { migrateTables } from './migrations.ts'
import { openRateLimits } from './rate-limits.ts'
import type { RateLimits } from './rate-limits.ts'
import { openSqlite, sqliteDialect, waitForNobody } from './sqlite-dialect.ts'
import type { Tables } from './tables.ts'

/** What a store's query runs on: the database, or a transaction of it. */
export type Connection = Kysely<Tables>

/** A connection, and the database's time in milliseconds since 1970: the only clock that flows go by. */
export interface Moment {
  readonly db: Connection
  readonly now: number
}

/** The database. Whatever fails in it is `unavailable` (503), never a refusal of the person. */
export interface Database {
  read<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  /** Runs the whole work again where the database asks for it, so it must do nothing but queries. */
  transact<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  readonly limits: RateLimits
  close(): Promise<void>
}

/** Milliseconds for which a transaction is tried again before the caller is told to come back. */
const PATIENCE = 2000

/** Opens a SQLite database and brings its tables up to date, or refuses old ones without `migrate`. */
export async function openDatabase(file: string, migrate: boolean): Promise<Database> {
  // Readers have a connection of their own, so that a writer's turn never makes them wait; guesses are
  // counted on a third, which doesn't wait for the disk
  const connections = [openSqlite(file), openSqlite(file), openSqlite(file)] as const
  const [forWriter, forReader, forLimits] = connections
  const writer = new Kysely<Tables>({ dialect: sqliteDialect(forWriter) })
  const reader = new Kysely<Tables>({ dialect: sqliteDialect(forReader) })
  const close = async (): Promise<void> => {
    for (const raw of connections) if (raw.isOpen) raw.close()
  }
  try {
    await migrateTables(writer, migrate)
    // Two writers of one process would meet each other's lock: counting takes the writer's turn
    const inTurn = <T>(work: () => Promise<T>): Promise<T> =>
      translated(() => retried(() => writer.connection().execute(work)))
    const limits = openRateLimits(forLimits, inTurn)
    connections.forEach(waitForNobody)
    // The database's clock is this machine's: SQLite lives in the same process
    const moment = (db: Connection): Moment => ({ db, now: Date.now() })
    return {
      read: (work) => translated(() => retried(() => work(moment(reader)))),
      transact: (work) =>
        translated(() => retried(() => writer.transaction().execute((db) => work(moment(db))))),
      limits,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE
  for (let wait = 5; ; wait = Math.min(wait * 2, 100)) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || performance.now() + wait > until) throw error
      await sleep(wait)
    }
  }
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isDatabaseError(error)) throw error
    throw new KeyhavenError('unavailable', {
      reason: `database: ${error.message}`,
      retryAfter: 1,
      cause: error,
    })
  }
}

interface SqliteError extends Error {
  readonly code: 'ERR_SQLITE_ERROR'
  readonly errcode: number
}

function isDatabaseError(error: unknown): error is SqliteError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}

/** SQLITE_BUSY (5) and SQLITE_LOCKED (6), in any of their extended forms. */
function isBusy(error: unknown): boolean {
  return isDatabaseError(error) && [5, 6].includes(error.errcode & 0xff)
}
