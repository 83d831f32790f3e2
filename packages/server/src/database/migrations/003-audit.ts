import type { Migration } from 'kysely/migration'

/** Creates the audit log, and indexes to find an account's tokens and accounts by time. */
export const audit: Migration = {
  async up(db) {
    await db.schema
      .createTable('audit')
      .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('actor_id', 'text')
      .addColumn('account_id', 'text')
      .addColumn('session_id', 'text')
      .addColumn('reason', 'text')
      .addColumn('address', 'text')
      .addColumn('details', 'text')
      .execute()
    await db.schema
      .createIndex('audit_by_account')
      .on('audit')
      .columns(['account_id', 'id'])
      .execute()
    await db.schema
      .createIndex('tokens_by_account')
      .on('tokens')
      .columns(['account_id', 'expires_at'])
      .execute()
    await db.schema
      .createIndex('accounts_by_time')
      .on('accounts')
      .columns(['created_at', 'id'])
      .execute()
  },
}
