import type { Migration } from 'kysely/migration'
import { ConfigurationError } from '../config/configuration-error.ts'
import { packageVersion } from '../config/package-file.ts'
import type { Connection } from './database.ts'
import { carryOver, FORMER, formerNames, hasTable } from './carry-over.ts'
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
import { jobs } from './migrations/011-jobs.ts'
import { outbox } from './migrations/012-outbox.ts'
import { pastEpochs } from './migrations/013-past-epochs.ts'
import { mails } from './migrations/014-mails.ts'
import { attemptsAndLinks } from './migrations/015-attempts-and-links.ts'
import { erasures } from './migrations/016-erasures.ts'
import { devices } from './migrations/017-devices.ts'
import { factors } from './migrations/018-factors.ts'
import { otherCredentials } from './migrations/019-other-credentials.ts'
import { rebuilding } from './rebuilding.ts'
import type { MigrationTable } from './tables/migration.ts'

/** A migration, and the versions that work with the tables after it. */
interface Listed {
  readonly name: string
  /**
   * The last migration that a version must know to run on the tables after this one. If the previous
   * version can run on them, it is the last one of that version, else this one.
   */
  readonly worksWith: string
  /** The tables that it drops, also if it creates them anew. */
  readonly drops?: readonly string[]
  readonly migration: Migration
}

/** Every version that reads `worksWith` knows the migrations up to this one. */
const OLDEST = '009-support'

/** Applied in this order; there are no down migrations. */
const list: readonly Listed[] = [
  { name: '001-accounts-sessions-tokens', worksWith: OLDEST, migration: accountsSessionsTokens },
  { name: '002-key-ring', worksWith: OLDEST, migration: keyRing },
  { name: '003-audit', worksWith: OLDEST, migration: audit },
  { name: '004-guards', worksWith: OLDEST, migration: guards },
  { name: '005-rate-limits', worksWith: OLDEST, migration: rateLimits },
  { name: '006-pending-revocations', worksWith: OLDEST, migration: pendingRevocations },
  { name: '007-audit-chain', worksWith: OLDEST, migration: auditChain },
  { name: '008-eras-and-jobs', worksWith: OLDEST, migration: erasAndJobs },
  { name: OLDEST, worksWith: OLDEST, migration: support },
  {
    name: '010-credentials',
    worksWith: '010-credentials',
    drops: ['sessions', 'tokens'],
    migration: credentials,
  },
  { name: '011-jobs', worksWith: '011-jobs', migration: jobs },
  { name: '012-outbox', worksWith: '012-outbox', migration: outbox },
  { name: '013-past-epochs', worksWith: '012-outbox', migration: pastEpochs },
  { name: '014-mails', worksWith: '012-outbox', migration: mails },
  { name: '015-attempts-and-links', worksWith: '012-outbox', migration: attemptsAndLinks },
  { name: '016-erasures', worksWith: '012-outbox', migration: erasures },
  { name: '017-devices', worksWith: '012-outbox', migration: devices },
  { name: '018-factors', worksWith: '012-outbox', migration: factors },
  { name: '019-other-credentials', worksWith: '012-outbox', migration: otherCredentials },
]

const known: ReadonlySet<string> = new Set(list.map(({ name }) => name))

/** The last migration that this version knows. */
const LAST = [...known].toSorted().at(-1) ?? ''

/** Milliseconds that a start waits for another process that is migrating. */
export const MIGRATING = 60_000

/** Runs work in one transaction while no other process migrates. */
export type Alone = (work: (db: Connection) => Promise<void>) => Promise<void>

interface Migrating {
  /** `false` refuses to start on old tables instead. */
  readonly apply: boolean
  readonly alone: Alone
}

/**
 * Brings the tables up to date, in one transaction: a process that is killed leaves them as they
 * were. Tables of a newer version stay as they are if this version works with them.
 * @throws ConfigurationError if it doesn't.
 */
export async function migrateTables(db: Connection, { apply, alone }: Migrating): Promise<void> {
  const pending = pendingOf(await appliedIn(db))
  if (pending.length === 0) return
  if (!apply) {
    throw new ConfigurationError(
      `The database lacks ${pending.length} migration(s): start once without --no-migrate.`,
    )
  }
  await alone(async (transaction) => {
    // Another process may have migrated meanwhile
    const applied = await appliedIn(transaction)
    if (applied === undefined) await createTable(transaction)
    for (const { name, drops, migration } of pendingOf(applied ?? (await appliedIn(transaction)))) {
      await rebuilding(transaction, drops ?? [], () => migration.up(transaction))
      await note(transaction, [name])
    }
  })
}

/**
 * The rows of the table; `undefined` if it does not exist.
 * @throws ConfigurationError if this version does not work with what they name.
 */
async function appliedIn(db: Connection): Promise<readonly MigrationTable[] | undefined> {
  if (!(await hasTable(db, 'keyhaven_migrations'))) return undefined
  if ((await formerNames(db)).length > 0) throw new ConfigurationError(MIXED)
  const rows = await db.selectFrom('keyhaven_migrations').selectAll().orderBy('name').execute()
  const beyond = rows.find(({ name, works_with }) => !known.has(name) && works_with > LAST)
  if (beyond !== undefined) throw new ConfigurationError(newer(beyond))
  return rows
}

const MIXED =
  'The database has tables of this version under those of a former one, as if a backup was restored over them: empty the database, restore the backup again, then start.'

function newer({ name, version }: MigrationTable): string {
  return `The database is newer than this version of Keyhaven (${packageVersion()}), which can’t work with migration ${name} of version ${version}: install that version again, or restore a backup from before the upgrade.`
}

function pendingOf(applied: readonly MigrationTable[] = []): readonly Listed[] {
  const names = new Set(applied.map(({ name }) => name))
  return list.filter(({ name }) => !names.has(name))
}

/** Creates the table with what former versions have applied. */
async function createTable(db: Connection): Promise<void> {
  await db.schema
    .createTable('keyhaven_migrations')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('works_with', 'text', (column) => column.notNull())
    .addColumn('applied_at', 'bigint', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .execute()
  await rebuilding(db, FORMER, async () => note(db, await carryOver(db)))
}

async function note(db: Connection, names: readonly string[]): Promise<void> {
  for (const { name, worksWith } of list.filter((one) => names.includes(one.name))) {
    const row = { name, works_with: worksWith, applied_at: Date.now(), version: packageVersion() }
    await db.insertInto('keyhaven_migrations').values(row).execute()
  }
}
