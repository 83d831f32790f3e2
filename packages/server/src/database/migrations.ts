import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { ConfigurationError } from '../config/configuration-error.ts'
import { accountsSessionsTokens } from './migrations/001-accounts-sessions-tokens.ts'
import { keyRing } from './migrations/002-key-ring.ts'
import { audit } from './migrations/003-audit.ts'
import { guards } from './migrations/004-guards.ts'
import { rateLimits } from './migrations/005-rate-limits.ts'
import { pendingRevocations } from './migrations/006-pending-revocations.ts'
import { auditChain } from './migrations/007-audit-chain.ts'

/** Forward only, in this order. */
const migrations = {
  '001-accounts-sessions-tokens': accountsSessionsTokens,
  '002-key-ring': keyRing,
  '003-audit': audit,
  '004-guards': guards,
  '005-rate-limits': rateLimits,
  '006-pending-revocations': pendingRevocations,
  '007-audit-chain': auditChain,
}

/**
 * Brings the tables up to date; with `apply: false` it refuses to start on old ones instead. Tables of
 * the next version are left as they are: it was made so that this one can run on them.
 */
export async function migrateTables<T>(db: Kysely<T>, apply: boolean): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const pending = (await migrator.getMigrations()).filter((one) => one.executedAt === undefined)
  // What a newer version has done since is none of the migrator's business: it would refuse it
  if (pending.length === 0) return
  if (!apply) {
    throw new ConfigurationError(
      `The database lacks ${pending.length} migration(s): start once without --no-migrate.`,
    )
  }
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
