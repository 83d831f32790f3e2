import type { Migration } from 'kysely/migration'

/**
 * Creates the outbox, and the numbered notices that every process reads. A program without this
 * migration reads no notice of a new key or a removed guard, so it must not run on these tables.
 */
export const outbox: Migration = {
  async up(db) {
    await db.schema
      .createTable('outbox')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('consumer', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .addColumn('written_at', 'bigint', (column) => column.notNull())
      .addColumn('retry_at', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createIndex('outbox_by_account')
      .on('outbox')
      .columns(['consumer', 'account_id', 'id'])
      .execute()
    // Rows that never failed come first, in order
    await db.schema
      .createIndex('outbox_by_retry')
      .on('outbox')
      .columns(['retry_at', 'id'])
      .execute()
    await db.schema
      .createTable('notices')
      .addColumn('number', 'bigint', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.notNull())
      .execute()
  },
}
