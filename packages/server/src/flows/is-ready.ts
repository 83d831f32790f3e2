import { revocationsAfter } from '../stores/revocations.ts'
import type { Rooms } from './rooms.ts'

/** Reads from the database once; throws `unavailable` where that fails. */
export async function isReady({
  database,
  revocations,
}: Pick<Rooms, 'database' | 'revocations'>): Promise<void> {
  await database.read(({ db }) => revocationsAfter(db, revocations.seq))
}
