import type { Migration } from 'kysely/migration'

/** Creates the browsers that accounts know, and what a session's last renewal came from. */
export const devices: Migration = {
  async up(db) {
    await db.schema
      .createTable('devices')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('account_id', 'text', (column) => column.notNull().references('accounts.id'))
      .addColumn('cookie_sha256', 'text', (column) => column.notNull())
      .addColumn('first_used_at', 'bigint', (column) => column.notNull())
      .addColumn('last_used_at', 'bigint', (column) => column.notNull())
      .addColumn('address', 'text')
      .addColumn('browser', 'text')
      .addColumn('changed', 'text', (column) => column.notNull())
      .addUniqueConstraint('devices_by_browser', ['cookie_sha256', 'account_id'])
      .execute()
    const indexes = [
      ['devices_by_account', ['account_id', 'last_used_at']],
      ['devices_by_last_use', ['last_used_at']],
    ] as const
    for (const [name, columns] of indexes) {
      await db.schema
        .createIndex(name)
        .on('devices')
        .columns([...columns])
        .execute()
    }
    // A program that does not know them leaves them out
    await db.schema.alterTable('sessions').addColumn('renewed_address', 'text').execute()
    await db.schema.alterTable('sessions').addColumn('renewed_browser', 'text').execute()
  },
}
