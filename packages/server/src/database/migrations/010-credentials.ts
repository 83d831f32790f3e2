import { sql, SqliteAdapter } from 'kysely'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Moves what every credential has from `sessions` to `credentials`, and lets tokens refer to these.
 * Each row is carried over: who is signed in stays so, and what has ended stays ended. No version
 * before can work with these tables.
 */
export const credentials: Migration = {
  async up(db) {
    const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter
    if (!isSqlite) await lockTables(db)
    await createCredentials(db)
    await createSessions(db)
    await createTokens(db)
    await sql`drop table tokens`.execute(db)
    await sql`drop table sessions`.execute(db)
    await db.schema.alterTable('next_sessions').renameTo('sessions').execute()
    await db.schema.alterTable('next_tokens').renameTo('tokens').execute()
    await createIndexes(db)
    // The planner of PostgreSQL knows nothing of a table that was just filled
    if (!isSqlite) await sql`analyze credentials, sessions, tokens`.execute(db)
  },
}

/**
 * Locks every table of this migration at once, or none. A process of the version before that still
 * runs locks them one by one, in more than one order, so that waiting for the next while holding one
 * would end in a deadlock.
 */
async function lockTables(db: Kysely<unknown>): Promise<void> {
  await sql`do $$ begin
    for attempt in 1..1000 loop
      begin
        lock table accounts, sessions, tokens in access exclusive mode nowait;
        return;
      exception when lock_not_available then perform pg_sleep(0.01);
      end;
    end loop;
    raise exception 'processes of the version before this one use its tables all the time: stop them';
  end $$`.execute(db)
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
