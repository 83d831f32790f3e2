import type { Migration } from 'kysely/migration'

/** Counts of guesses. SQLite files of before have the table already: it was made at every start. */
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
