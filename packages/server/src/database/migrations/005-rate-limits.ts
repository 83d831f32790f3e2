import type { Migration } from 'kysely/migration'

/**
 * Creates counts of the rate limits. Older SQLite files already have the table, which was created
 * at every start.
 */
export const rateLimits: Migration = {
  async up(db) {
    await db.schema
      .createTable('rate_limits')
      .ifNotExists()
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('points', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('expire', 'bigint')
      .execute()
  },
}
