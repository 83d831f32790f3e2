import type { Migration } from 'kysely/migration'

/**
 * Eras of accounts, the installation's epoch on sessions, what entries of the log did to other rows,
 * a row for each job, and the indexes by which ended tokens and counts are found. The version before can run on it:
 * every new column may be null or has a default.
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
  },
}
