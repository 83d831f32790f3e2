import type { Connection } from './database.ts'

/** The name of the fact that stores the newest trusted time. */
export const TIME = 'time'

/**
 * The newest time that the database has stored, in milliseconds since 1970: the trusted time that a
 * process stored, else the newest row of the audit log, which databases of earlier versions have.
 * `undefined` in a new database.
 */
export async function knownTime(db: Connection): Promise<number | undefined> {
  const fact = await db
    .selectFrom('installation')
    .select('value')
    .where('name', '=', TIME)
    .executeTakeFirst()
  const kept = Number(fact?.value ?? Number.NaN)
  if (Number.isSafeInteger(kept)) return kept
  const row = await db
    .selectFrom('audit')
    .select('at')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at
}
