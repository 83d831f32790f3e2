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
    `insert into credentials (id, kind, account_id, client_id, created_at, last_used_at, idle_expires_at, epoch)
     select 'ses_' || gen_random_uuid(), 'session', 'acc_many' || n % ($2::int / ${PER_ACCOUNT}), 'web', $1, $1, $1::bigint + 3600000, 0
     from generate_series(0, $2::int - 1) n returning id`,
    [now, count],
  )
  await client.query(
    `insert into sessions (credential_id, cookie_sha256, auth_time, amr, remember)
     select id, gen_random_uuid(), $1, '["pwd"]', 0 from credentials where account_id like 'acc_many%' on conflict do nothing`,
    [now],
  )
  await client.query('analyze')
  await client.end()
  return rows.map(({ id }) => id)
}
