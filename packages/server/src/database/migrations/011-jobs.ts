import type { Migration } from 'kysely/migration'

/** Adds the claim of each job, when it is due, and its last run. */
export const jobs: Migration = {
  async up(db) {
    const table = db.schema.alterTable('jobs')
    for (const name of ['claim', 'claimed_until', 'due_at', 'changed']) {
      await table.addColumn(name, 'bigint', (column) => column.notNull().defaultTo(0)).execute()
    }
    await table.addColumn('holder', 'text').execute()
    await table.addColumn('began_at', 'bigint').execute()
    await table.addColumn('ended_at', 'bigint').execute()
  },
}
