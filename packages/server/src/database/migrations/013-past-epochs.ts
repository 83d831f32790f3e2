import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Adds the index by which credentials without a limit are found that a new epoch has ended. */
export const pastEpochs: Migration = {
  async up(db) {
    await sql`create index credentials_by_epoch on credentials (epoch) where ended_at is null
      and idle_expires_at is null and absolute_expires_at is null and epoch is not null`.execute(db)
  },
}
