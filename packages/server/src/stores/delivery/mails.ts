import { sql } from 'kysely'
import type { Insertable, Selectable } from 'kysely'
import { compiled, inserting } from '../../database/compiled.ts'
import type { Connection, Moment } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { MailTable } from '../../database/tables/mail.ts'
import { templateNames } from '../../mail/template-names.ts'

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
  'lane',
  'link_id',
  'link_life',
  'written_at',
])

/** Milliseconds for which a process has a mail that it claims. */
export const CLAIM = 60_000

/** Milliseconds after which a mail that could not be sent is given up. */
const MAIL_LIFE = 24 * 3_600_000

/** The same for one mail: a mail is not sent after the whole life of its link. */
export function mailLife({ link_life }: Pick<MailRow, 'link_life'>): number {
  return Math.min(MAIL_LIFE, link_life ?? MAIL_LIFE)
}

/**
 * A claim that ends much further ahead than it can was made before the clock was set back. Two
 * transactions at once may differ in their time, so one that ends a little further ahead is valid.
 */
const isFree = (now: unknown) =>
  sql<boolean>`(claimed_until <= cast(${now} as bigint) or claimed_until > cast(${now} as bigint) + ${sql.lit(2 * CLAIM)})`

/** Mails that a later version has queued stay: this one has no text for them. */
const known = sql<boolean>`template in (${sql.join(templateNames.map((name) => sql.lit(name)))})`

/** Mails that wait together, and for no other ones. */
export type MailLane = MailRow['lane']

/** Every lane. */
export const mailLanes: readonly MailLane[] = ['first', 'again', 'unconfirmed']

/** A lane is a literal: the planner then knows how few rows it has. */
const isIn = (lanes: readonly MailLane[]) =>
  sql<boolean>`lane in (${sql.join(lanes.map((lane) => sql.lit(lane)))})`

const due = (db: Connection, now: unknown, lanes = mailLanes) =>
  db
    .selectFrom('mails')
    .where(isIn(lanes))
    .where(sql<boolean>`retry_at <= cast(${now} as bigint)`)
    .where(isFree(now))
    .where(known)

/** A try that is further ahead than it can be was written before the clock was set back. */
const ahead = (db: Connection, now: unknown, lanes = mailLanes) =>
  db
    .selectFrom('mails')
    .where(isIn(lanes))
    .where(sql<boolean>`retry_at > cast(${now} as bigint) + ${sql.lit(MAIL_LIFE)}`)
    .where(isFree(now))
    .where(known)

const dueId = compiled((db, now: string) => due(db, now).select('id').limit(1))
const aheadId = compiled((db, now: string) => ahead(db, now).select('id').limit(1))

const dueIds = mailLanes.map(
  (lane) =>
    [lane, compiled((db, now: string) => due(db, now, [lane]).select('id').limit(1))] as const,
)

/** Which of these lanes have mails that may be sent now. */
export async function dueLanes(
  { db, now }: Moment,
  lanes: readonly MailLane[],
): Promise<readonly MailLane[]> {
  const at = String(now)
  // Most of the time none has
  if ((await dueId(db, at)).length === 0) {
    return (await aheadId(db, at)).length === 0 ? [] : lanes
  }
  const found: MailLane[] = []
  for (const [lane, dueIn] of dueIds) {
    if (lanes.includes(lane) && (await dueIn(db, at)).length > 0) found.push(lane)
  }
  return found
}

/** Mails to claim. */
export interface DueMails {
  readonly lane: MailLane
  /** Accounts to which this process is sending a mail: theirs wait. */
  readonly except: readonly string[]
  readonly most: number
}

/**
 * Locks mails of a lane that may be sent, without waiting: those that were never tried before
 * others. No other process gets them until the transaction ends.
 */
export async function lockDueMails(
  { db, now }: Moment,
  { lane, except, most }: DueMails,
): Promise<Locked<MailRow>[]> {
  const rows = await due(db, now, [lane])
    .$if(except.length > 0, (query) => query.where('account_id', 'not in', except))
    .selectAll()
    .orderBy('retry_at')
    .orderBy('id')
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute()
  if (rows.length > 0) return rows.map(asLocked)
  const late = await ahead(db, now, [lane])
    .selectAll()
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute()
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

/** Lets a mail wait until a time. */
export async function holdMail(
  db: Connection,
  { id }: Locked<MailRow>,
  until: number,
): Promise<void> {
  const change = { retry_at: until, claimed_until: 0 }
  await db.updateTable('mails').set(change).where('id', '=', id).execute()
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
  { id, claimed_until, attempts, lane: former }: MailRow,
  retry_at: number,
): Promise<void> {
  const lane = former === 'first' ? 'again' : former
  await db
    .updateTable('mails')
    .set({ attempts: attempts + 1, lane, retry_at, claimed_until: 0 })
    .where('id', '=', id)
    .where('claimed_until', '=', claimed_until)
    .execute()
}

/** Moves the other mails of an account out of the first lane. */
export async function demoteMails(
  db: Connection,
  { account_id }: Pick<MailRow, 'account_id'>,
): Promise<void> {
  await db
    .updateTable('mails')
    .set({ lane: 'again' })
    .where('account_id', '=', account_id)
    .where('lane', '=', 'first')
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
