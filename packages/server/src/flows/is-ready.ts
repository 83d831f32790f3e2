import { logEnds } from '../stores/revocations.ts'
import type { Rooms } from './rooms.ts'

/** Reads from the database once; throws `unavailable` where that fails. */
export async function isReady({ database }: Pick<Rooms, 'database'>): Promise<void> {
  await database.read(({ db }) => logEnds(db))
}
