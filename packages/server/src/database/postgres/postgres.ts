import { createHash } from 'node:crypto'
import { KeyhavenError } from '@keyhaven/core/errors'
import { Kysely, sql } from 'kysely'
import { ConfigurationError } from '../../config/configuration-error.ts'
import { hostsText } from '../../config/database-place.ts'
import type { PostgresServer } from '../../config/database-place.ts'
import type { Connection, Database, Moment } from '../database.ts'
import { inTurn } from '../in-turn.ts'
import { migrateTables, MIGRATING } from '../migrations.ts'
import { postgresClock } from './clock.ts'
import type { PostgresTarget } from './client.ts'
import { connectPostgres } from './connections.ts'
import type { PostgresConnections } from './connections.ts'
import { postgresCounters } from './counters.ts'
import { postgresDialect } from './dialect.ts'
import { passes, PostgresFailure } from './failure.ts'
import { createHosts } from './hosts.ts'
import { createNumbering } from './number-revocations.ts'
import { watchStandby } from './standby.ts'
import type { StandbyWatch } from './standby.ts'
import { CHANNEL, listenToPostgres } from './wakes.ts'
import { knownTime } from '../known-time.ts'
import { retried } from '../retried.ts'
import type { Tables } from '../tables.ts'
import { createTrustedClock } from '../trusted-clock.ts'
import type { Reading } from '../trusted-clock.ts'

/** Time limits of a statement and of a migration, in milliseconds. */
const STATEMENT = 5000
const MIGRATION = 300_000

/** Milliseconds of a job's batch, which holds its locks as long. */
const BATCH = 100

/**
 * Connections of one process. Readers have their own, so that they never wait behind a writer that
 * waits for a lock.
 */
const READERS = 6
const WRITERS = 10
const COUNTERS = 3

/** Numbering has its own connection, so that it never queues behind those who wait for numbers. */
const NUMBERERS = 1

/**
 * Milliseconds that numbering waits for the lock on the counter. A sign-out may wait for three runs:
 * that of the sign-outs before it, one that has begun, and its own.
 */
const COUNTER_LOCK = 1000

/**
 * Opens a database on a PostgreSQL server. Transactions are READ COMMITTED, so flows lock the rows
 * that they depend on. A transaction runs again from its beginning if the server requires it.
 */
export async function openPostgres(server: PostgresServer, migrate: boolean): Promise<Database> {
  const target = { server, hosts: createHosts(server.hosts) }
  const time = createTrustedClock(await migrated(target, migrate))
  const readers = connectPostgres(target, { most: READERS, durable: true, statement: STATEMENT })
  const standby = watchStandby(readers)
  const isWaiting = (backend: number): Promise<boolean> => standby.isWaiting(backend)
  const writing = { durable: true, statement: STATEMENT, isWaiting }
  const guarded = guardedBy(standby)
  const connections = {
    readers,
    writers: connectPostgres(target, { most: WRITERS, ...writing }),
    numberers: connectPostgres(target, { most: NUMBERERS, lock: COUNTER_LOCK, ...writing }),
    // A power cut may lose the last counts; waiting for the disk at every attempt would cost more
    counters: connectPostgres(target, { most: COUNTERS, durable: false, statement: STATEMENT }),
  }
  const reader = kyselyOver(connections.readers)
  const writer = kyselyOver(connections.writers)
  const clock = postgresClock(connections.readers)
  const process = crypto.randomUUID()
  const numberRevocations = createNumbering(connections.numberers, process)
  const wakes = listenToPostgres(target, process)
  const read = async (): Promise<Reading> => {
    const { time: server, late } = await clock()
    return time.take(server, late)
  }
  const transact: Database['transact'] = (work) =>
    guarded(async () => {
      const reading = await read()
      return writer.transaction().execute((db) => work(momentOf(db, reading)))
    })
  // All callers that wait for numbers share one transaction
  const number = inTurn(async () => {
    while (await guarded(numberRevocations)) {
      // More may be pending
    }
  })
  return {
    read: (work) => guarded(async () => work(momentOf(reader, await read()))),
    transact,
    append: async (work) => {
      const result = await transact(work)
      // The commit is done, even if this fails: the next read of the log numbers the entries first
      await number().catch(() => {})
      return result
    },
    dispose: transact,
    // Takes no lock, so that a process suspended in it does not make others fail
    prove: () =>
      guarded(async () => {
        await connections.writers.query("select pg_logical_emit_message(true, 'keyhaven', '')")
      }),
    number,
    batch: BATCH,
    time,
    counters: postgresCounters(connections.counters, guarded),
    wake: () => {
      connections.counters.query(`notify ${CHANNEL}`).catch(() => {})
    },
    onWake: (listener) => wakes.on(listener),
    close: async () => {
      await wakes.close()
      await Promise.all(Object.values(connections).map((one) => one.close()))
    },
  }
}

function momentOf(db: Connection, reading: Reading): Moment {
  return {
    db,
    ...reading,
    lockName: async (name) => {
      // The first half of a hash: a name may be an address, which belongs into no log of statements
      const key = createHash('sha256').update(name).digest().readBigInt64BE()
      await sql`select pg_advisory_xact_lock(${String(key)}::bigint)`.execute(db)
    },
  }
}

function kyselyOver(connections: PostgresConnections): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: postgresDialect(connections) })
}

type Guarded = <T>(work: () => Promise<T>) => Promise<T>

/** Every failure of the database is 503, except a unique key that another transaction took. */
function guardedBy(standby: StandbyWatch): Guarded {
  return async (work) => {
    try {
      return await retried(work, passes)
    } catch (error) {
      if (!(error instanceof PostgresFailure)) throw error
      if (error.state === '23505') throw new KeyhavenError('conflict', { cause: error })
      // Class 22: a value of the request that no column can store, such as a text with U+0000
      if (error.state?.startsWith('22')) {
        throw new KeyhavenError('invalid_request', { reason: error.message, cause: error })
      }
      const cause = (await standby.causeOf(error)) ?? error.message
      throw new KeyhavenError('unavailable', {
        reason: `database: ${cause}`,
        retryAfter: 1,
        cause: error,
      })
    }
  }
}

/**
 * Brings the tables up to date on one connection, under a lock that other processes wait for.
 * @returns the newest time that the database has stored.
 */
async function migrated(target: PostgresTarget, apply: boolean): Promise<number | undefined> {
  const connections = connectPostgres(target, { most: 1, durable: true, statement: MIGRATION })
  try {
    const db = kyselyOver(connections)
    await migrateTables(db, { apply, alone: (work) => oneAtATime(db, work) })
    return await knownTime(db)
  } catch (error) {
    throw postgresSentence(target.server, error)
  } finally {
    await connections.close()
  }
}

/** Another process is migrating. */
class Migrating extends Error {
  constructor() {
    super(
      `Another process has been migrating the database for ${MIGRATING / 1000} seconds: start again when it is done.`,
    )
  }
}

/** The advisory lock of a migration, which is also that of former versions. */
const MIGRATION_LOCK = sql.lit('3853314791062309107')

/** A transaction that waits for another process that is migrating. */
function oneAtATime(db: Connection, work: (db: Connection) => Promise<void>): Promise<void> {
  return retried(
    () =>
      db.transaction().execute(async (transaction) => {
        const { rows } = await sql<{ mine: boolean }>`
          select pg_try_advisory_xact_lock(${MIGRATION_LOCK}::bigint) as mine
        `.execute(transaction)
        if (rows[0]?.mine !== true) throw new Migrating()
        await work(transaction)
      }),
    (error) => error instanceof Migrating,
    MIGRATING,
  )
}

/** Remedies for failures that no retry fixes, by SQLSTATE or the system's code. */
const remedies: Readonly<Record<string, string>> = {
  '28P01': 'correct its password',
  '28000': 'correct its user, or let that user in from here',
  '3D000': 'create the database, or name another',
  '3F000': 'create the schema public there, or set the search_path of this user',
  '42501': 'let this user create tables in the schema public of it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'name the certificate of its authority as sslrootcert',
  SELF_SIGNED_CERT_IN_CHAIN: 'name the certificate of its authority as sslrootcert',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'name the certificate of its authority as sslrootcert',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'name the certificate of its authority as sslrootcert',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name the host as its certificate does',
  CERT_HAS_EXPIRED: 'renew the certificate of the server',
}

/** Remedies for failures that only their text identifies. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [
    /does not support SSL/,
    'enable TLS on the server, or set sslmode=disable if nobody else can read the network',
  ],
  [/channel_binding/, 'let the user sign in with scram-sha-256, or set channel_binding=prefer'],
]

/**
 * An error for the operator: what failed and what to do. A ConfigurationError if no retry fixes it;
 * errors of other kinds pass unchanged.
 */
export function postgresSentence(server: PostgresServer, error: unknown): unknown {
  if (!(error instanceof PostgresFailure)) return error
  const known = sentences.find(([pattern]) => pattern.test(error.message))
  const remedy = known?.[1] ?? remedies[error.state ?? '']
  const what = `The database ${server.name} at ${hostsText(server)} can’t be used (${error.message})`
  if (remedy !== undefined) {
    return new ConfigurationError(`${what}: ${remedy}, in KEYHAVEN_DATABASE or on the server.`)
  }
  return new Error(`${what}: check the server, then start again.`, { cause: error })
}
