import { sql, SqliteAdapter } from 'kysely'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

const refusal = 'the audit log is append-only'

/**
 * Creates the erasures that wait, and lets one remove what an audit row contains of a person: such a
 * row gets a second seal.
 */
export const erasures: Migration = {
  async up(db) {
    await db.schema
      .createTable('erasures')
      .addColumn('account_id', 'text', (column) => column.primaryKey().references('accounts.id'))
      .addColumn('requested_at', 'bigint', (column) => column.notNull())
      .addColumn('erases_at', 'bigint', (column) => column.notNull())
      .addColumn('former_status', 'text', (column) => column.notNull())
      .addColumn('former_reason', 'text')
      .execute()
    await db.schema
      .createIndex('erasures_by_end')
      .on('erasures')
      .columns(['erases_at', 'account_id'])
      .execute()
    await db.schema.alterTable('audit').addColumn('erased', 'text').execute()
    // Also finds the other rows that contain the keyed hash of a login
    await db.schema.dropIndex('audit_unknown_logins').execute()
    await db.schema
      .createIndex('audit_unknown_logins')
      .on('audit')
      .columns(['details', 'at', 'id'])
      .where(sql<boolean>`account_id is null`)
      .execute()
    const { adapter } = db.getExecutor()
    for (const statement of adapter instanceof SqliteAdapter ? onSqlite : onPostgres) {
      await run(db, statement)
    }
  },
}

/** What stays as it was written, whatever happens. */
const kept = 'id, at, action, actor_id, account_id, session_id'

/** Whether an update only removes values, and leaves a seal on a row that has its place in the chain. */
const removes = `${['reason', 'address', 'details']
  .map((name) => `(new.${name} is null or new.${name} is not distinct from old.${name})`)
  .join(' and ')} and (new.erased is not null or old.number is null)`

const erasing = `before update of reason, address, details, erased on audit`

const onSqlite = [
  'drop trigger audit_written',
  `create trigger audit_written before update of ${kept} on audit
   begin select raise(abort, '${refusal}'); end`,
  `create trigger audit_erased ${erasing} when not (${removes})
   begin select raise(abort, '${refusal}'); end`,
]

const onPostgres = [
  'drop trigger audit_written on audit',
  `create trigger audit_written before update of ${kept} on audit
   for each row execute function keyhaven_audit_is_append_only()`,
  `create trigger audit_erased ${erasing}
   for each row when (not (${removes})) execute function keyhaven_audit_is_append_only()`,
]

async function run(db: Kysely<unknown>, statement: string): Promise<void> {
  await sql.raw(statement).execute(db)
}
