import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Tables } from '../tables.ts'

/**
 * Adds eras of accounts, the installation's epoch of sessions, effects of entries on other rows, a
 * row for each job, and indexes to find ended tokens and counts. The previous version can run on
 * it: every new column may be null or has a default.
 */
export const erasAndJobs: Migration = {
  async up(db) {
    const accounts = db.schema.alterTable('accounts')
    await accounts.addColumn('era', 'text').execute()
    await accounts
      .addColumn('must_reset', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .alterTable('sessions')
      .addColumn('epoch', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    for (const name of ['revocations', 'pending_revocations']) {
      const table = db.schema.alterTable(name)
      await table.addColumn('era', 'text').execute()
      await table.addColumn('effect_id', 'text').execute()
    }
    await db.schema
      .createTable('revocation_effects')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('effect', 'text', (column) => column.notNull())
      .addColumn('until', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createIndex('revocation_effects_by_end')
      .on('revocation_effects')
      .column('until')
      .execute()
    await db.schema.createIndex('tokens_by_end').on('tokens').column('expires_at').execute()
    await db.schema.createIndex('rate_limits_by_end').on('rate_limits').column('expire').execute()
    await db.schema
      .createTable('jobs')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .execute()
    await noteFormerVersion(db)
  },
}

/** Milliseconds for which processes of the previous version may still run beside this one. */
const BESIDE = 48 * 3_600_000

/**
 * A database that has an installation was made by another version, whose processes may still run.
 */
async function noteFormerVersion(db: Kysely<Pick<Tables, 'installation'>>): Promise<void> {
  const found = await db.selectFrom('installation').select('name').limit(1).executeTakeFirst()
  if (found === undefined) return
  const value = String(Date.now() + BESIDE)
  await db.insertInto('installation').values({ name: 'former version until', value }).execute()
}
