import type { Kysely } from 'kysely'
import type { Counters } from './counting.ts'
import type { Tables } from './tables.ts'
import type { Reading, TrustedClock } from './trusted-clock.ts'

/** What queries run on: the database, or a transaction of it. */
export type Connection = Kysely<Tables>

/** A connection, and the database's time: the only clock that flows use. */
export interface Moment extends Reading {
  readonly db: Connection
  /**
   * Lets no other transaction past the same name until this one ends: for what no row can be locked
   * for, because it may not exist yet. Only a transaction may call it.
   */
  lockName(name: string): Promise<void>
  /** Events of this transaction, counted once it is committed. */
  readonly counted?: string[]
  /** Kinds of mail that this transaction queued, counted once it is committed. */
  readonly queued?: string[]
  /**
   * Seals the content of a mail for the queue; `none` if this installation sends no mail. Only the
   * database of a context has it.
   */
  readonly sealMail?: SealMail
}

/** Seals a text for the queue of mails, or `none`: no mail is queued. */
export type SealMail = ((text: string) => string) | 'none'

/** The database. Every failure of it is `unavailable` (503), never a refusal of the caller. */
export interface Database {
  read<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  /**
   * Runs the work again from its beginning if the database requires a retry, so the work must do
   * nothing but queries.
   */
  transact<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  /**
   * A transaction that may write revocations. When it returns, they have their numbers. If the
   * database failed after the commit, they get them before the log is read again.
   */
  append<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  /** A transaction that deletes rows and may be undone by a power cut without harm. */
  dispose<T>(work: (moment: Moment) => Promise<T>): Promise<T>
  /** Commits a meaningless change, as a writer would: shows whether the database accepts writes. */
  prove(): Promise<void>
  /** Numbers every entry that was committed before the call without a number, by any process. */
  number(): Promise<void>
  /** Milliseconds that one batch of a job should take; SQLite runs nothing else meanwhile. */
  readonly batch: number
  /** The counts of the rate limits. */
  readonly counters: Counters
  /** The clock that gives moments their time. */
  readonly time: TrustedClock
  /**
   * Notifies the other processes on this database of new entries. A notification may be lost: they
   * also poll.
   */
  wake(): void
  /**
   * Calls the listener at each notification of another process.
   * @returns a function that removes it.
   */
  onWake(listener: () => void): () => void
  close(): Promise<void>
}
