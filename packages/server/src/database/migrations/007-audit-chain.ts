import { sql, SqliteAdapter } from 'kysely'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

const written = 'id, at, action, actor_id, account_id, session_id, reason, address, details'
const refusal = 'the audit log is append-only'

/**
 * Adds the place of each row in the chain of the audit log (null for existing rows) and indexes to
 * find rows.
 */
export const auditChain: Migration = {
  async up(db) {
    const table = db.schema.alterTable('audit')
    await table.addColumn('number', 'bigint').execute()
    await table.addColumn('hash', 'text').execute()
    const index = (name: string) => db.schema.createIndex(name).on('audit')
    await index('audit_by_number').column('number').unique().execute()
    await index('audit_unsealed').column('id').where(sql<boolean>`number is null`).execute()
    await index('audit_by_actor').columns(['actor_id', 'id']).execute()
    await index('audit_by_action').columns(['action', 'id']).execute()
    const { adapter } = db.getExecutor()
    for (const statement of adapter instanceof SqliteAdapter ? onSqlite : onPostgres) {
      await run(db, statement)
    }
  },
}

/** A row is sealed once. Any other update or delete is refused, which prevents accidents. */
const onSqlite = [
  `create trigger audit_written before update of ${written} on audit
   begin select raise(abort, '${refusal}'); end`,
  `create trigger audit_sealed before update of number, hash on audit when old.number is not null
   begin select raise(abort, '${refusal}'); end`,
  `create trigger audit_kept before delete on audit
   begin select raise(abort, '${refusal}'); end`,
]

const onPostgres = [
  `create function keyhaven_audit_is_append_only() returns trigger language plpgsql as
   $$ begin raise exception '${refusal}'; end $$`,
  `create trigger audit_written before update of ${written} on audit
   for each row execute function keyhaven_audit_is_append_only()`,
  `create trigger audit_sealed before update of number, hash on audit
   for each row when (old.number is not null) execute function keyhaven_audit_is_append_only()`,
  `create trigger audit_kept before delete on audit
   for each row execute function keyhaven_audit_is_append_only()`,
  `create trigger audit_filled before truncate on audit
   for each statement execute function keyhaven_audit_is_append_only()`,
]

async function run(db: Kysely<unknown>, statement: string): Promise<void> {
  await sql.raw(statement).execute(db)
}
