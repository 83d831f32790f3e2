import { Client } from 'pg'

/** Sessions of an account; each of the others has as many. */
const PER_ACCOUNT = 10

/**
 * Writes accounts and sessions directly into the database, as the service would hash a password for each.
 * Returns the ids of the sessions, those of one account far apart.
 */
export async function manySessions(url: string, count: number): Promise<string[]> {
  const client = new Client(url)
  await client.connect()
  const now = Date.now()
  await client.query(
    `insert into accounts (id, email, email_key, email_verified, password_hash, credential_version, status, created_at)
     select 'acc_many' || n, n || '@many.example', n || '@many.example', 1, 'none', 1, 'active', $1
     from generate_series(0, $2::int / ${PER_ACCOUNT}) n on conflict do nothing`,
    [now, count],
  )
  const { rows } = await client.query<{ id: string }>(
    `insert into sessions (id, account_id, cookie_hash, created_at, auth_time, amr, remember, last_used_at, idle_expires_at)
     select 'ses_' || gen_random_uuid(), 'acc_many' || n % ($2::int / ${PER_ACCOUNT}), gen_random_uuid(), $1, $1, '["pwd"]', 0, $1, $1::bigint + 3600000
     from generate_series(0, $2::int - 1) n returning id`,
    [now, count],
  )
  await client.query('analyze')
  await client.end()
  return rows.map(({ id }) => id)
}
