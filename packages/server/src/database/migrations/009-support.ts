import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Adds address and browser of a session, and indexes to search the audit log by time, and by
 * account, actor, action or address within a time. The previous version can run on it: both columns
 * may be null, and each dropped index has a replacement that begins with the same column.
 */
export const support: Migration = {
  async up(db) {
    const sessions = db.schema.alterTable('sessions')
    await sessions.addColumn('address', 'text').execute()
    await sessions.addColumn('browser', 'text').execute()
    const index = (name: string, columns: readonly string[]) =>
      db.schema
        .createIndex(name)
        .on('audit')
        .columns([...columns])
    await index('audit_by_time', ['at', 'id']).execute()
    await index('audit_by_address', ['address', 'at', 'id']).execute()
    for (const column of ['account', 'actor', 'action']) {
      const name = column === 'action' ? column : `${column}_id`
      await index(`audit_by_${column}_and_time`, [name, 'at', 'id']).execute()
      await db.schema.dropIndex(`audit_by_${column}`).execute()
    }
    // Finds the last sign-in of an account, however many rows it has since
    await index('audit_sign_ins', ['account_id', 'at'])
      .where(sql<boolean>`action = 'session.opened'`)
      .execute()
    // Failed sign-ins with an unknown login are found by the keyed hash of that login in `details`
    await index('audit_unknown_logins', ['details', 'at', 'id'])
      .where(sql<boolean>`action = 'sign_in.failed' and account_id is null`)
      .execute()
  },
}
