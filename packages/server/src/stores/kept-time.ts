import type { Connection, Moment } from '../database/database.ts'
import type { Locked } from '../database/locked.ts'
import { knownTime, TIME } from '../database/known-time.ts'
import { factOf, putFact } from './installation.ts'
import type { InstallationRow } from './installation.ts'

/**
 * Stores the time of a moment as the newest trusted one, unless a later one is stored.
 * @returns the stored time.
 */
export async function raiseTime({ db, now }: Moment): Promise<number> {
  const known = await factOf(db, TIME, String(now))
  if (Number(known) >= now) return Number(known)
  // If another process was first, its time is as good
  await db
    .updateTable('installation')
    .set({ value: String(now) })
    .where('name', '=', TIME)
    .where('value', '=', known)
    .execute()
  return now
}

/** Stores an earlier time. @returns the time stored before. */
export async function lowerTime(
  db: Connection,
  of: Locked<InstallationRow>,
  time: number,
): Promise<number | undefined> {
  const known = await knownTime(db)
  if (known !== undefined && known > time)
    await putFact(db, of, { name: TIME, value: String(time) })
  return known
}
