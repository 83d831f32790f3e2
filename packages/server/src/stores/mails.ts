import { sql } from 'kysely'
import type { Insertable, Selectable } from 'kysely'
import { compiled, inserting } from '../database/compiled.ts'
import type { Moment } from '../database/database.ts'
import type { MailTable } from '../database/tables/mail.ts'

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
export const LIFE = 24 * 3_600_000

/** A time that is further ahead than it can be was written before the clock was set back. */
const isDue = (now: unknown) =>
  sql<boolean>`(m.retry_at <= cast(${now} as bigint) or m.retry_at > cast(${now} as bigint) + ${sql.lit(LIFE)})
    and (m.claimed_until <= cast(${now} as bigint) or m.claimed_until > cast(${now} as bigint) + ${sql.lit(CLAIM)})`

const dueId = compiled((db, now: string) =>
  db.selectFrom('mails as m').select('m.id').where(isDue(now)).limit(1),
)

/** Whether any mail may be sent now. */
export async function hasDueMail({ db, now }: Moment): Promise<boolean> {
  return (await dueId(db, String(now))).length > 0
}

interface Claim {
  readonly most: number
  /** Kinds of mail that this version knows: those of a later one stay. */
  readonly templates: readonly string[]
}

/**
 * Claims mails for this process, those that were never tried before others. No transaction is open
 * while they are sent: the claim is a time, after which another process may claim them.
 */
export async function claimMails(
  { db, now }: Moment,
  { most, templates }: Claim,
): Promise<MailRow[]> {
  const rows = await db
    .selectFrom('mails as m')
    .selectAll('m')
    .where(isDue(now))
    .where('m.template', 'in', templates)
    .orderBy('m.retry_at')
    .orderBy('m.id')
    .limit(most)
    .forUpdate()
    .skipLocked()
    .execute()
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return []
  const claimed_until = now + CLAIM
  await db.updateTable('mails').set({ claimed_until }).where('id', 'in', ids).execute()
  return rows.map((row) => ({ ...row, claimed_until }))
}
