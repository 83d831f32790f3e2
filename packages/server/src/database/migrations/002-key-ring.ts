import type { Migration } from 'kysely/migration'

/** Adds when a key signs, until when it is published, and when it was withdrawn. */
export const keyRing: Migration = {
  async up(db) {
    const table = db.schema.alterTable('signing_keys')
    // Existing keys sign at once and have no successor
    await table.addColumn('signs_from', 'bigint', (one) => one.notNull().defaultTo(0)).execute()
    await table.addColumn('published_until', 'bigint').execute()
    await table.addColumn('withdrawn_at', 'bigint').execute()
    await table.addColumn('public_jwk', 'text').execute()
  },
}
