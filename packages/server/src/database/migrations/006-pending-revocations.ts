import type { Migration } from 'kysely/migration'

/** Creates revocations that have no number yet. */
export const pendingRevocations: Migration = {
  async up(db) {
    await db.schema
      .createTable('pending_revocations')
      .addColumn('place', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('code', 'text', (column) => column.notNull())
      .addColumn('until', 'bigint', (column) => column.notNull())
      .execute()
  },
}
