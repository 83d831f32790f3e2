import type { Migration } from 'kysely/migration'

/**
 * Creates the queue of mails, and the language of an account. Mails have a table of their own beside
 * the outbox: a row is claimed for a time, not for a transaction, and the previous version, which
 * knows no such claim, would try every row of the outbox.
 */
export const mails: Migration = {
  async up(db) {
    await db.schema
      .createTable('mails')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('template', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('share', 'text', (column) => column.notNull())
      .addColumn('lane', 'text', (column) => column.notNull())
      .addColumn('link_id', 'text')
      .addColumn('link_life', 'bigint')
      .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('written_at', 'bigint', (column) => column.notNull())
      .addColumn('retry_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('claimed_until', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    // Mails that were never tried come first, in order
    await db.schema
      .createIndex('mails_by_lane')
      .on('mails')
      .columns(['lane', 'retry_at', 'id'])
      .execute()
    await db.schema
      .createIndex('mails_by_account')
      .on('mails')
      .columns(['account_id', 'id'])
      .execute()
    await db.schema.createIndex('mails_by_age').on('mails').column('written_at').execute()
    await db.schema.alterTable('accounts').addColumn('locale', 'text').execute()
  },
}
