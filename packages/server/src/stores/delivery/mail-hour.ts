import type { Selectable } from 'kysely'
import type { Connection } from '../../database/database.ts'
import { asLocked } from '../../database/locked.ts'
import type { Locked } from '../../database/locked.ts'
import type { InstallationTable } from '../../database/tables/installation.ts'

/** The fact with the mails of the hour. */
const NAME = 'mails.hour'

/** How many mails of an hour were sent, without notices. */
export interface MailHour {
  /** When it began: with its first mail, in milliseconds since 1970. */
  readonly since: number
  readonly unconfirmed: number
  readonly all: number
}

/** Locks the count of the hour until the transaction ends. */
export async function lockMailHour(db: Connection): Promise<Locked<Selectable<InstallationTable>>> {
  await db
    .insertInto('installation')
    .values({ name: NAME, value: '0:0:0' })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db
    .selectFrom('installation')
    .selectAll()
    .where('name', '=', NAME)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return asLocked(row)
}

/** Milliseconds of an hour. */
export const HOUR = 3_600_000

/** Parses the count; an hour that is over begins anew, and so does one that has not begun. */
export function mailHourOf({ value }: { readonly value: string }, now: number): MailHour {
  const [since = 0, unconfirmed = 0, all = 0] = value.split(':').map(Number)
  const isCurrent = since <= now && now < since + HOUR
  return isCurrent ? { since, unconfirmed, all } : { since: now, unconfirmed: 0, all: 0 }
}

/** Stores the count. */
export async function setMailHour(
  db: Connection,
  { name }: Locked<Selectable<InstallationTable>>,
  { since, unconfirmed, all }: MailHour,
): Promise<void> {
  const value = `${since}:${unconfirmed}:${all}`
  await db.updateTable('installation').set({ value }).where('name', '=', name).execute()
}
