import { sql, SqliteAdapter } from 'kysely'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Moves what every credential has from `sessions` to `credentials`, and lets tokens refer to these.
 * Each row is carried over: who is signed in stays so, and what has ended stays ended. No version
 * before can work with these tables, so each refuses to start.
 */
export const credentials: Migration = {
  async up(db) {
    await createCredentials(db)
    await createSessions(db)
    await createTokens(db)
    await sql`drop table tokens`.execute(db)
    await sql`drop table sessions`.execute(db)
    await db.schema.alterTable('next_sessions').renameTo('sessions').execute()
    await db.schema.alterTable('next_tokens').renameTo('tokens').execute()
    await createIndexes(db)
    await refuseFormerVersions(db)
    const { adapter } = db.getExecutor()
    // The planner of PostgreSQL knows nothing of a table that was just filled
    if (!(adapter instanceof SqliteAdapter))
      await sql`analyze credentials, sessions, tokens`.execute(db)
  },
}

async function createCredentials(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('credentials')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('account_id', 'text', (column) => column.notNull().references('accounts.id'))
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('scope', 'text')
    .addColumn('parent_id', 'text', (column) => column.references('credentials.id'))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_used_at', 'bigint', (column) => column.notNull())
    .addColumn('idle_expires_at', 'bigint')
    .addColumn('absolute_expires_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('end_code', 'text')
    .addColumn('epoch', 'integer')
    .execute()
  await sql`insert into credentials (id, kind, account_id, client_id, created_at, last_used_at,
      idle_expires_at, absolute_expires_at, ended_at, end_code, epoch)
    select id, 'session', account_id, 'web', created_at, last_used_at,
      idle_expires_at, absolute_expires_at, ended_at, end_code, epoch from sessions order by id`.execute(
    db,
  )
}

/**
 * Rows of a kind are deleted with their credential. No column has the name by which the version before
 * finds a session: a process of that version that still runs answers 503, and not that there is none.
 */
async function createSessions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('next_sessions')
    .addColumn('credential_id', 'text', (column) =>
      column.primaryKey().references('credentials.id').onDelete('cascade'),
    )
    .addColumn('cookie_sha256', 'text', (column) => column.notNull())
    .addColumn('auth_time', 'bigint', (column) => column.notNull())
    .addColumn('amr', 'text', (column) => column.notNull())
    .addColumn('device', 'text')
    .addColumn('address', 'text')
    .addColumn('browser', 'text')
    .addColumn('remember', 'integer', (column) => column.notNull())
    .addColumn('renewed_jti', 'text')
    .addColumn('renewed_at', 'bigint')
    .execute()
  const kept = sql.raw(
    'auth_time, amr, device, address, browser, remember, renewed_jti, renewed_at',
  )
  await sql`insert into next_sessions (credential_id, cookie_sha256, ${kept})
    select id, cookie_hash, ${kept} from sessions order by id`.execute(db)
}

async function createTokens(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('next_tokens')
    .addColumn('jti', 'text', (column) => column.primaryKey())
    .addColumn('account_id', 'text', (column) => column.notNull().references('accounts.id'))
    .addColumn('credential_id', 'text', (column) => column.references('credentials.id'))
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('issued_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('claims', 'text', (column) => column.notNull())
    .execute()
  await sql`insert into next_tokens (jti, account_id, credential_id, client_id, issued_at, expires_at, claims)
    select jti, account_id, session_id, client_id, issued_at, expires_at, claims from tokens order by jti`.execute(
    db,
  )
}

async function createIndexes(db: Kysely<unknown>): Promise<void> {
  const index = (name: string, table: 'credentials' | 'tokens', columns: readonly string[]) =>
    db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
  await index('credentials_by_account', 'credentials', ['account_id', 'ended_at']).execute()
  await index('credentials_by_idle_end', 'credentials', ['ended_at', 'idle_expires_at']).execute()
  await index('credentials_by_absolute_end', 'credentials', [
    'ended_at',
    'absolute_expires_at',
  ]).execute()
  // Most credentials have no parent
  await index('credentials_by_parent', 'credentials', ['parent_id'])
    .where(sql<boolean>`parent_id is not null`)
    .execute()
  await db.schema
    .createIndex('sessions_by_cookie')
    .on('sessions')
    .column('cookie_sha256')
    .unique()
    .execute()
  await index('tokens_by_credential', 'tokens', ['credential_id', 'expires_at']).execute()
  await index('tokens_by_end', 'tokens', ['expires_at']).execute()
}

/**
 * The name that a version before this one prints if it is started on these tables: it misses one of
 * its own migrations in `later_migrations`, and refuses to apply it because of this one.
 */
const REFUSAL =
  '010-credentials, with which only later versions of Keyhaven work (start one of these, or restore the backup from before the upgrade),'

async function refuseFormerVersions(db: Kysely<unknown>): Promise<void> {
  await sql`delete from later_migrations`.execute(db)
  await sql`insert into later_migrations (name, timestamp)
    values (${REFUSAL}, ${new Date().toISOString()})`.execute(db)
}
