import { errorCode, KeyhavenError } from '@keyhaven/core/errors'
import { Kysely } from 'kysely'
import type { DatabaseSync } from 'node:sqlite'
import { ConfigurationError } from '../../config/configuration-error.ts'
import type { Connection, Database, Moment } from '../database.ts'
import { boundedTurns } from './bounded-turns.ts'
import { migrateTables } from '../migrations.ts'
import { knownTime } from '../known-time.ts'
import { hasPending, numberRevocations } from '../revocation-numbers.ts'
import { retried } from '../retried.ts'
import { connectSqlite, forgetPages, hastyDialect, sqliteDialect } from './connection.ts'
import { waitForNobody } from './connection.ts'
import { sqliteCounters } from './counters.ts'
import type { Tables } from '../tables.ts'
import { createTrustedClock } from '../trusted-clock.ts'

/** Writers that may wait, as for connections to PostgreSQL, and milliseconds for which they may. */
const WRITERS = { waiting: 256, patience: 10_000 }

/** Milliseconds of a batch of a job. */
const BATCH = 10

/** Opens a SQLite file, and makes it where there is none. */
export async function openSqlite(file: string, migrate: boolean): Promise<Database> {
  // Readers have a connection of their own, so that a writer's turn never makes them wait; guesses are
  // counted, and rows disposed of, on a third, which doesn't wait for the disk
  const connections = opened(file)
  const [forWriter, forReader, forLimits] = connections
  const writer = new Kysely<Tables>({ dialect: sqliteDialect(forWriter) })
  const disposer = new Kysely<Tables>({ dialect: hastyDialect(forLimits) })
  const reader = new Kysely<Tables>({ dialect: sqliteDialect(forReader) })
  const close = async (): Promise<void> => {
    for (const raw of connections) if (raw.isOpen) raw.close()
  }
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await retried(work, isBusy)
    } catch (error) {
      if (!isSqliteError(error)) throw error
      // A damaged page stays in memory after the file is mended, unless it is let go
      if (resultCode(error) === CORRUPT) connections.forEach(forgetPages)
      throw new KeyhavenError('unavailable', {
        reason: `database: ${error.message}`,
        retryAfter: 1,
        cause: error,
      })
    }
  }
  try {
    connections.forEach(waitForNobody)
    await oneAtATime(forWriter, () => migrateTables(writer, migrate))
    // Two writers of one process would meet each other's lock: counting takes the writer's turn
    const turn = boundedTurns(WRITERS)
    const inTurn = <T>(work: () => Promise<T>): Promise<T> => guarded(() => turn(work))
    const counters = sqliteCounters(forLimits, inTurn)
    const time = createTrustedClock(await knownTime(writer))
    // The database's clock is this machine's: SQLite lives in the same process
    const moment = (db: Connection): Moment => ({ db, ...time.take(Date.now()) })
    const transact: Database['transact'] = (work) =>
      guarded(() => turn(() => writer.transaction().execute((db) => work(moment(db)))))
    const dispose: Database['dispose'] = (work) =>
      guarded(() => turn(() => disposer.transaction().execute((db) => work(moment(db)))))
    return {
      dispose,
      read: (work) => guarded(() => work(moment(reader))),
      transact,
      // Nobody else writes meanwhile: a transaction numbers its own
      append: (work) =>
        transact(async (moment) => {
          const result = await work(moment)
          if (await hasPending(moment.db)) await numberRevocations(moment.db)
          return result
        }),
      prove: () =>
        transact(async ({ db, now }) => {
          const value = String(now)
          const row = db.insertInto('installation').values({ name: 'proved', value })
          await row.onConflict((one) => one.column('name').doUpdateSet({ value })).execute()
        }),
      number: async () => {},
      batch: BATCH,
      counters,
      time,
      // Processes that share a file have nobody between them who could pass it on
      wake: () => {},
      onWake: () => () => {},
      close,
    }
  } catch (error) {
    await close()
    throw sqliteSentence(file, error)
  }
}

function opened(file: string): readonly [DatabaseSync, DatabaseSync, DatabaseSync] {
  try {
    return [connectSqlite(file), connectSqlite(file), connectSqlite(file)]
  } catch (error) {
    throw sqliteSentence(file, error)
  }
}

/** Milliseconds that a start waits for another that is migrating. */
const MIGRATING = 10_000

/** Kysely's migrator takes no lock on SQLite: two that start at once must not both create the tables. */
async function oneAtATime(raw: DatabaseSync, work: () => Promise<void>): Promise<void> {
  await retried(async () => raw.exec('begin immediate'), isBusy, MIGRATING)
  try {
    await work()
    raw.exec('commit')
  } catch (error) {
    if (raw.isTransaction) raw.exec('rollback')
    throw error
  }
}

/** What an operator does about a database that can't be opened, by SQLite's result code. */
const remedies: Readonly<Record<number, string>> = {
  5: 'another program holds it: stop that, then start again',
  8: 'let this user write it and the folder around it',
  10: 'look after the disk, then start again',
  11: 'restore it from a backup',
  13: 'make room on the disk, then start again',
  14: 'let this user write it and the folder around it',
  26: 'this is no SQLite file: restore it from a backup, or set KEYHAVEN_DATA to another folder',
}

/** Rights and files that are none: no restart mends them. */
const WRONG: ReadonlySet<number> = new Set([8, 14, 26])

export function sqliteSentence(file: string, error: unknown): unknown {
  if (!isSqliteError(error)) return error
  const remedy = remedies[resultCode(error)]
  if (remedy === undefined) return error
  const Kind = WRONG.has(resultCode(error)) ? ConfigurationError : Error
  return new Kind(`The database ${file} can’t be used (${error.message}): ${remedy}.`, {
    cause: error,
  })
}

interface SqliteError extends Error {
  readonly code: 'ERR_SQLITE_ERROR'
  readonly errcode: number
}

function isSqliteError(error: unknown): error is SqliteError {
  return errorCode(error) === 'ERR_SQLITE_ERROR'
}

/** SQLite's result codes that something is done about, without their extensions. */
const [BUSY, LOCKED, CORRUPT] = [5, 6, 11]

function resultCode({ errcode }: SqliteError): number {
  return errcode & 0xff
}

function isBusy(error: unknown): boolean {
  return isSqliteError(error) && [BUSY, LOCKED].includes(resultCode(error))
}
