import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Migration } from 'kysely/migration'
import { ConfigurationError } from '../config/configuration-error.ts'
import { accountsSessionsTokens } from './migrations/001-accounts-sessions-tokens.ts'
import { keyRing } from './migrations/002-key-ring.ts'
import { audit } from './migrations/003-audit.ts'
import { guards } from './migrations/004-guards.ts'
import { rateLimits } from './migrations/005-rate-limits.ts'
import { pendingRevocations } from './migrations/006-pending-revocations.ts'
import { auditChain } from './migrations/007-audit-chain.ts'
import { erasAndJobs } from './migrations/008-eras-and-jobs.ts'
import { support } from './migrations/009-support.ts'
import { credentials } from './migrations/010-credentials.ts'
import { outbox } from './migrations/012-outbox.ts'

/** Applied in this order; there are no down migrations. */
const first = {
  '001-accounts-sessions-tokens': accountsSessionsTokens,
  '002-key-ring': keyRing,
  '003-audit': audit,
  '004-guards': guards,
  '005-rate-limits': rateLimits,
  '006-pending-revocations': pendingRevocations,
}

/**
 * Applied after the first list and recorded in a table of their own: the version that ends with the
 * first list refuses to start if its table contains a migration that it does not know.
 */
const later = {
  '007-audit-chain': auditChain,
  '008-eras-and-jobs': erasAndJobs,
  '009-support': support,
}

/**
 * What a version without the third list prints when it refuses to start: it misses one of its own
 * migrations in the table of the second list, and can't apply it because of this name.
 */
const REFUSAL =
  '010-credentials, with which only later versions of Keyhaven work (start one of these, or restore the backup from before the upgrade),'

/** Lets every version before the third list refuse to start, as it works with none of its tables. */
const alone: Migration = {
  async up(db) {
    await sql`delete from later_migrations`.execute(db)
    await sql`insert into later_migrations (name, timestamp)
      values (${REFUSAL}, ${new Date().toISOString()})`.execute(db)
  },
}

/** Applied after both, and in one transaction. */
const newest = {
  '010-alone': alone,
  '010-credentials': credentials,
  '012-outbox': outbox,
}

/**
 * Brings the tables up to date; with `apply: false` it refuses to start on old ones instead. Tables
 * of the next version stay as they are, because its migrations let this version run on them.
 */
export async function migrateTables<T>(db: Kysely<T>, apply: boolean): Promise<void> {
  const since = migratorOf(db, newest, 'newest_migrations')
  const before = [migratorOf(db, first), migratorOf(db, later, 'later_migrations')]
  const isPast = (await pendingOf(since)) < Object.keys(newest).length
  for (const migrator of isPast ? [since] : [...before, since]) {
    const pending = await pendingOf(migrator)
    // The migrator itself would refuse tables of a newer version
    if (pending === 0) continue
    if (!apply) {
      throw new ConfigurationError(
        `The database lacks ${pending} migration(s): start once without --no-migrate.`,
      )
    }
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
  }
}

function migratorOf<T>(
  db: Kysely<T>,
  migrations: Readonly<Record<string, Migration>>,
  migrationTableName?: string,
): Migrator {
  const provider = { getMigrations: async () => migrations }
  return new Migrator({ db, provider, ...(migrationTableName && { migrationTableName }) })
}

async function pendingOf(migrator: Migrator): Promise<number> {
  const all = await migrator.getMigrations()
  return all.filter(({ executedAt }) => executedAt === undefined).length
}
