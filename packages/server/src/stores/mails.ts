import { sql } from 'kysely'
import type { Insertable, Selectable } from 'kysely'
import { compiled, inserting } from '../database/compiled.ts'
import type { Connection, Moment } from '../database/database.ts'
import { asLocked } from '../database/locked.ts'
import type { Locked } from '../database/locked.ts'
import type { MailTable } from '../database/tables/mail.ts'
import { templateNames } from '../mail/templates.ts'

/** A row of `mails`. */
export type MailRow = Selectable<MailTable>

/** A mail to be queued. */
export type NewMailRow = Insertable<MailTable>

/** Queues a mail, to be sent after the commit. */
export const insertMail = inserting('mails', [
  'template',
  'event',
  'account_id',
  'payload',
  'share',
  'written_at',
])

/** Milliseconds for which a process has a mail that it claims. */
export const CLAIM = 60_000

/** Milliseconds after which a mail that could not be sent is given up. */
export const MAIL_LIFE = 24 * 3_600_000

/**
 * A claim that ends much further ahead than it can was made before the clock was set back. Two
 * transactions at once may differ in their time, so one that ends a little further ahead is valid.
 */
const isFree = (now: unknown) =>
  sql<boolean>`(claimed_until <= cast(${now} as bigint) or claimed_until > cast(${now} as bigint) + ${sql.lit(2 * CLAIM)})`

/** Mails that a later version has queued stay: this one has no text for them. */
const known = sql<boolean>`template in (${sql.join(templateNames.map((name) => sql.lit(name)))})`

const due = (db: Connection, now: unknown) =>
  db
    .selectFrom('mails')
    .where(sql<boolean>`retry_at <= cast(${now} as bigint)`)
    .where(isFree(now))
    .where(known)

/** A try that is further ahead than it can be was written before the clock was set back. */
const ahead = (db: Connection, now: unknown) =>
  db
    .selectFrom('mails')
    .where(sql<boolean>`retry_at > cast(${now} as bigint) + ${sql.lit(MAIL_LIFE)}`)
    .where(isFree(now))
    .where(known)

const dueId = compiled((db, now: string) => due(db, now).select('id').limit(1))
const aheadId = compiled((db, now: string) => ahead(db, now).select('id').limit(1))

/** Whether any mail may be sent now. */
export async function hasDueMail({ db, now }: Moment): Promise<boolean> {
  const found = await dueId(db, String(now))
  return found.length > 0 || (await aheadId(db, String(now))).length > 0
}

/**
 * Locks mails that may be sent, without waiting: those that were never tried before others. No
 * other process gets them until the transaction ends.
 */
export async function lockDueMails({ db, now }: Moment, most: number): Promise<Locked<MailRow>[]> {
  const rows = await due(db, now)
    .selectAll()
    .orderBy('retry_at')
    .orderBy('id')
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute()
  if (rows.length > 0) return rows.map(asLocked)
  const late = await ahead(db, now).selectAll().limit(most).forUpdate().skipLocked().execute()
  return late.map(asLocked)
}

/**
 * Claims mails for this process. No transaction is open while they are sent: the claim is a time,
 * after which another process may claim them.
 */
export async function claimMails(
  { db, now }: Moment,
  rows: readonly Locked<MailRow>[],
): Promise<MailRow[]> {
  if (rows.length === 0) return []
  const claimed_until = now + CLAIM
  await db.updateTable('mails').set({ claimed_until }).where('id', 'in', idsOf(rows)).execute()
  return rows.map((row) => ({ ...row, claimed_until }))
}

/** Lets mails wait until a time. */
export async function holdMails(
  db: Connection,
  rows: readonly Locked<MailRow>[],
  until: number,
): Promise<void> {
  if (rows.length === 0) return
  const change = { retry_at: until, claimed_until: 0 }
  await db.updateTable('mails').set(change).where('id', 'in', idsOf(rows)).execute()
}

/** Ends the claims of this process, so that any process can claim the mails. */
export async function releaseMails(db: Connection, rows: readonly MailRow[]): Promise<void> {
  for (const { id, claimed_until } of rows) {
    await db
      .updateTable('mails')
      .set({ claimed_until: 0 })
      .where('id', '=', id)
      .where('claimed_until', '=', claimed_until)
      .execute()
  }
}

/** Counts a try that failed, and sets the time of the next one, if the claim is still this process's. */
export async function postponeMail(
  db: Connection,
  { id, claimed_until, attempts }: MailRow,
  retry_at: number,
): Promise<void> {
  await db
    .updateTable('mails')
    .set({ attempts: attempts + 1, retry_at, claimed_until: 0 })
    .where('id', '=', id)
    .where('claimed_until', '=', claimed_until)
    .execute()
}

/** Deletes mails with their content. @returns how many were there. */
export async function deleteMails(
  db: Connection,
  rows: readonly Pick<MailRow, 'id'>[],
): Promise<number> {
  if (rows.length === 0) return 0
  const { numDeletedRows } = await db
    .deleteFrom('mails')
    .where('id', 'in', idsOf(rows))
    .executeTakeFirst()
  return Number(numDeletedRows)
}

const idsOf = (rows: readonly Pick<MailRow, 'id'>[]): number[] => rows.map(({ id }) => id)

/** Mails that wait, and when the oldest was queued. */
export interface WaitingMails {
  /** At most 100,000. */
  readonly count: number
  readonly oldest: number | undefined
}

/** Counts at most this many: an index of more takes too long to read for a metric. */
const MOST_COUNTED = 100_000

/** Counts mails that wait. */
export async function waitingMails({ db }: Moment): Promise<WaitingMails> {
  const { count } = await db
    .selectFrom(db.selectFrom('mails').select('id').limit(MOST_COUNTED).as('some'))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const first = await db
    .selectFrom('mails')
    .select('written_at')
    .orderBy('written_at')
    .limit(1)
    .executeTakeFirst()
  return { count: Number(count), oldest: first?.written_at }
}
