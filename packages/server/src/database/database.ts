import type { Kysely } from 'kysely'
import type { Counters } from './counting.ts'
import type { Tables } from './tables.ts'
import type { Reading, TrustedClock } from './trusted-clock.ts'

/** What a store's query runs on: the database, or a transaction of it. */
export type Connection = Kysely<Tables>

/** A connection, and the database's time: the only clock that flows go by. */
export interface Moment extends Reading {
  readonly db: Connection
}

/** The database. Whatever fails in it is `unavailable` (503), never a refusal of the person. */
export interface Database {
  read<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  /** Runs the whole work again where the database asks for it, so it must do nothing but queries. */
  transact<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  /**
   * A transaction that may write revocations: when it answers they have their numbers, or where the
   * database failed just then get them before the log is read again.
   */
  append<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  /** A transaction that deletes rows: it does no harm if a power cut undoes it. */
  dispose<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  /** Commits something of no meaning, as any writer would: shows whether the database takes writes. */
  prove(): Promise<void>
  /** Numbers what was committed before the call and has no number, whoever wrote it. */
  number(): Promise<void>
  /** Milliseconds that one batch of a job should take; on SQLite everything else stands still for as long. */
  readonly batch: number
  /** Where the limits keep their counts. */
  readonly counters: Counters
  /** The clock of moments; between two of them it goes on by itself. */
  readonly time: TrustedClock
  /** Tells the other processes on this database that something is new. It may get lost: they look by themselves too. */
  wake(): void
  /** Hears other processes; the answer stops it. */
  onWake(listener: () => void): () => void
  close(): Promise<void>
}
