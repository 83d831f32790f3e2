import { errorMessage, KeyhavenError } from '@keyhaven/core/errors'
import { Kysely } from 'kysely'
import type { DatabaseSync } from 'node:sqlite'
import { ConfigurationError } from '../../config/configuration-error.ts'
import type { Connection, Database, Moment } from '../database.ts'
import { boundedTurns } from './bounded-turns.ts'
import { migrateTables, MIGRATING } from '../migrations.ts'
import { knownTime } from '../known-time.ts'
import { retried } from '../retried.ts'
import { connectSqlite, forgetPages, hastyDialect, sqliteDialect } from './connection.ts'
import { failOnLocks } from './connection.ts'
import { sqliteCounters } from './counters.ts'
import { sqliteCode } from './sqlite-code.ts'
import { numberRevocations } from './number-revocations.ts'
import type { Tables } from '../tables.ts'
import { createTrustedClock } from '../trusted-clock.ts'

/** Writers that may wait, as many as for PostgreSQL connections, and for how many milliseconds. */
const WRITERS = { waiting: 256, patience: 10_000 }

/** Milliseconds of a job's batch. */
const BATCH = 10

/** Opens a SQLite file, or creates it. */
export async function openSqlite(file: string, migrate: boolean): Promise<Database> {
  // Readers have their own connection and never wait for a writer; counting and deleting rows use a
  // third, which does not wait for the disk
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
      const code = sqliteCode(error)
      if (code === undefined) throw error
      // A damaged page stays in memory after the file is repaired, unless it is dropped
      if (code === CORRUPT) connections.forEach(forgetPages)
      throw new KeyhavenError('unavailable', {
        reason: `database: ${errorMessage(error)}`,
        retryAfter: 1,
        cause: error,
      })
    }
  }
  try {
    connections.forEach(failOnLocks)
    await migrateTables(writer, {
      apply: migrate,
      alone: (work) => oneAtATime(forWriter, () => work(writer)),
    })
    // Two writers of one process would collide with each other's lock, so counting queues with the
    // writers
    const turn = boundedTurns(WRITERS)
    const inTurn = <T>(work: () => Promise<T>): Promise<T> => guarded(() => turn(work))
    const counters = sqliteCounters(forLimits, inTurn)
    const time = createTrustedClock(await knownTime(writer))
    // SQLite runs in this process, so the database's clock is this machine's
    const moment = (db: Connection): Moment => ({
      db,
      // One transaction writes at a time
      lockName: async () => {},
      ...time.take(Date.now()),
    })
    const transact: Database['transact'] = (work) =>
      guarded(() => turn(() => writer.transaction().execute((db) => work(moment(db)))))
    const dispose: Database['dispose'] = (work) =>
      guarded(() => turn(() => disposer.transaction().execute((db) => work(moment(db)))))
    return {
      dispose,
      read: (work) => guarded(() => work(moment(reader))),
      transact,
      // No other transaction writes meanwhile, so a transaction numbers its own entries
      append: (work) =>
        transact(async (moment) => {
          const result = await work(moment)
          await numberRevocations(moment.db)
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
      // Processes that share a file have no server between them to notify them
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

/** A transaction of this connection, which waits for another process that is migrating. */
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

/** Remedies for a database that can't be opened, by SQLite's result code. */
const remedies: Readonly<Record<number, string>> = {
  5: 'another program has locked it: stop that program, then start again',
  8: 'make it and its folder writable for this user',
  10: 'check the disk, then start again',
  11: 'restore it from a backup',
  13: 'free space on the disk, then start again',
  14: 'make it and its folder writable for this user',
  26: 'it is not a SQLite file: restore it from a backup, or set KEYHAVEN_DATA to another folder',
}

/** Wrong permissions and files of another kind, which no restart fixes. */
const WRONG: ReadonlySet<number> = new Set([8, 14, 26])

/**
 * An error for the operator: what failed and what to do. A ConfigurationError if no restart fixes
 * it; errors of other kinds pass unchanged.
 */
export function sqliteSentence(file: string, error: unknown): unknown {
  const code = sqliteCode(error) ?? 0
  const remedy = remedies[code]
  if (remedy === undefined) return error
  const Kind = WRONG.has(code) ? ConfigurationError : Error
  return new Kind(`The database ${file} can’t be used (${errorMessage(error)}): ${remedy}.`, {
    cause: error,
  })
}

/** SQLite's primary result codes that need handling. */
const [BUSY, LOCKED, CORRUPT] = [5, 6, 11]

function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === BUSY || code === LOCKED
}
