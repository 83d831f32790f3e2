import { dropKeysBefore } from '../stores/keys.ts'
import { dropRevocationsBefore } from '../stores/revocations.ts'
import { dropTokensBefore } from '../stores/tokens.ts'
import type { Rooms } from './rooms.ts'

/** A token's record is kept this long after its end, in seconds. */
const KEPT = 600

/** Drops what can matter no more, so that the database is bounded by what lives. */
export async function purge({
  database,
  limits,
}: Pick<Rooms, 'database' | 'limits'>): Promise<void> {
  await database.transact(async ({ db, now }) => {
    await dropTokensBefore(db, Math.floor(now / 1000) - KEPT)
    await dropRevocationsBefore(db, now)
    await dropKeysBefore(db, now)
  })
  await limits.dropExpired()
}
