import type { Migration } from 'kysely/migration'

/**
 * Creates guard keys and reports of guards, adds the lower end of the log, and indexes to find
 * expired sessions.
 */
export const guards: Migration = {
  async up(db) {
    await db.schema
      .createTable('guards')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('key_hash', 'text', (column) => column.notNull().unique())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('guard_reports')
      .addColumn('guard_id', 'text', (column) => column.notNull())
      .addColumn('process_id', 'text', (column) => column.notNull())
      .addColumn('log', 'text')
      .addColumn('seq', 'bigint')
      .addColumn('applied_at', 'bigint')
      .addColumn('heard_at', 'bigint')
      .addColumn('ahead', 'integer', (column) => column.notNull())
      .addColumn('connections', 'integer', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('guard_reports_key', ['guard_id', 'process_id'])
      .execute()
    // Entries up to this number may be deleted, so no guard can resume below it
    await db.schema
      .alterTable('revocation_counter')
      .addColumn('dropped', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createIndex('revocations_by_end')
      .on('revocations')
      .columns(['until', 'seq'])
      .execute()
    await db.schema
      .createIndex('sessions_by_idle_end')
      .on('sessions')
      .columns(['ended_at', 'idle_expires_at'])
      .execute()
    await db.schema
      .createIndex('sessions_by_absolute_end')
      .on('sessions')
      .columns(['ended_at', 'absolute_expires_at'])
      .execute()
  },
}
