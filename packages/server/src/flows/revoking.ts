import type { Moment } from '../database/database.ts'
import { appendRevocation } from '../stores/revocations.ts'
import type { Revocation } from '../stores/revocations.ts'
import type { Rooms } from './rooms.ts'

/** A moment in which entries are written; they count in this process once it is committed. */
export interface RevokingMoment extends Moment {
  revoke(entry: Omit<Revocation, 'seq'>): Promise<Revocation>
}

/** Runs a transaction that revokes, and applies what it wrote before the answer is given. */
export async function revoking<T>(
  { database, revocations }: Pick<Rooms, 'database' | 'revocations'>,
  work: (moment: RevokingMoment) => Promise<T>,
): Promise<T> {
  let written: Revocation[] = []
  const result = await database.append((moment) => {
    // The database may ask for the whole work again: only the last run's entries exist
    written = []
    return work({
      ...moment,
      revoke: async (entry) => {
        const row = await appendRevocation(moment.db, entry)
        written.push(row)
        return row
      },
    })
  })
  for (const entry of written) revocations.add(entry)
  return result
}
