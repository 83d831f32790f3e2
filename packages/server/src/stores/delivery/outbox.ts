import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import { compiled, inserting } from '../../database/compiled.ts'
import type { Connection, Moment } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { OutboxTable } from '../../database/tables/outbox.ts'

/** A row of `outbox`. */
export type OutboxRow = Selectable<OutboxTable>

/** The account of an event that concerns none. */
export const NO_ACCOUNT = ''

/** Writes a row, to be delivered after the commit. */
export const appendOutbox = inserting('outbox', ['consumer', 'event', 'account_id', 'written_at'])

/** Milliseconds until a row that could not be delivered is tried again. */
const RETRY = 1000

/** A time that is further ahead than a retry was written before the clock was set back. */
const isDue = (now: unknown) =>
  sql<boolean>`(o.retry_at <= cast(${now} as bigint) or o.retry_at > cast(${now} as bigint) + ${sql.lit(RETRY)})`

/** The first row of its account: the later ones wait for it. */
const isFirst = sql<boolean>`not exists (select 1 from outbox as e
  where e.consumer = o.consumer and e.account_id = o.account_id and e.id < o.id)`

const dueId = compiled((db, now: string) =>
  db.selectFrom('outbox as o').select('o.id').where(isDue(now)).where(isFirst).limit(1),
)

/** Whether any row may be delivered now. */
export async function hasDue({ db, now }: Moment): Promise<boolean> {
  return (await dueId(db, String(now))).length > 0
}

/**
 * Claims rows until the transaction ends, without waiting: the first of each account, those that
 * never failed before others, and later rows of the same accounts if there is room. No other process
 * can claim a row of these accounts meanwhile, because it is not the first.
 */
export async function claimDue({ db, now }: Moment, most: number): Promise<Locked<OutboxRow>[]> {
  const rows = await db
    .selectFrom('outbox as o')
    .selectAll('o')
    .where(isDue(now))
    .where(isFirst)
    .orderBy('o.retry_at')
    .orderBy('o.id')
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute()
  const firsts = rows.map(asLocked)
  if (firsts.length === 0 || firsts.length === most) return firsts
  const claimed = new Set(firsts.map(laneOf))
  const accounts = [...new Set(firsts.map(({ account_id }) => account_id))]
  const all = await db
    .selectFrom('outbox')
    .selectAll()
    .where('account_id', 'in', accounts)
    .orderBy('id')
    .limit(most)
    .execute()
  const known = new Set(firsts.map(({ id }) => id))
  const later = all.filter((row) => claimed.has(laneOf(row)) && !known.has(row.id))
  // The lock of the first row of an account holds for those after it
  return [...firsts, ...later.map(asLocked)]
}

/** What orders rows: they have the same text if one waits for the other. */
export function laneOf({ consumer, account_id }: OutboxRow): string {
  return `${consumer} ${account_id}`
}

/** Claims one row until the transaction ends. @returns `undefined` if it must wait. */
export async function claimRow(db: Connection, id: number): Promise<Locked<OutboxRow> | undefined> {
  const row = await db
    .selectFrom('outbox as o')
    .selectAll('o')
    .where('o.id', '=', id)
    .where(isFirst)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return row && asLocked(row)
}

/** Deletes claimed rows that were delivered. */
export async function deleteDelivered(
  db: Connection,
  rows: readonly Locked<OutboxRow>[],
): Promise<void> {
  const ids = rows.map(({ id }) => id)
  await db.deleteFrom('outbox').where('id', 'in', ids).execute()
}

/** Postpones a row that could not be delivered. */
export async function postpone({ db, now }: Moment, id: number): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ retry_at: now + RETRY })
    .where('id', '=', id)
    .execute()
}
