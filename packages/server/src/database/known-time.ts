import type { Connection } from './database.ts'

/** The name of the fact that holds the newest trusted time. */
export const TIME = 'time'

/**
 * The newest time that the database knows of, in milliseconds since 1970: the one that a process kept,
 * or the newest row of the audit log if the version before has kept none. A new database knows none.
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
