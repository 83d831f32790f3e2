import type { Moment } from '../database/database.ts'
import { appendRevocations } from '../stores/revocations.ts'
import type { NewRevocation, Revocation } from '../stores/revocations.ts'
import type { Rooms } from './rooms.ts'

/** A moment in which entries are written; they count in this process once it is committed. */
export interface RevokingMoment extends Moment {
  revoke(entries: readonly NewRevocation[]): Promise<void>
}

/** What a flow needs in order to revoke. */
export type Revoking = Pick<Rooms, 'database' | 'revocations' | 'follow'>

/**
 * Runs a transaction that revokes. What it wrote is refused here before the answer is given; pages
 * and guards are told as the log is read.
 */
export async function revoking<T>(
  { database, revocations, follow }: Revoking,
  work: (moment: RevokingMoment) => Promise<T>,
): Promise<T> {
  let written: Revocation[] = []
  const result = await database.append((moment) => {
    // The database may ask for the whole work again: only the last run's entries exist
    written = []
    return work({
      ...moment,
      revoke: async (entries) => {
        written.push(...(await appendRevocations(moment.db, entries)))
      },
    })
  })
  for (const entry of written) revocations.add(entry)
  // A read that fails is told and repeated by the clock
  if (written.length > 0) follow().catch(() => undefined)
  return result
}
