import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Client } from 'pg'
import { ConfigurationError } from '../../config/configuration-error.ts'
import { hostsText } from '../../config/database-place.ts'
import type { PostgresServer } from '../../config/database-place.ts'
import { connectToHost } from './client.ts'
import { createHosts } from './hosts.ts'
import { failureOf } from './failure.ts'
import { postgresSentence } from './postgres.ts'

/** Milliseconds that a statement may take, and within which a notification must arrive. */
const PATIENCE = 5000

/** Whether the tables exist and contain keys. A database that does not exist has none. */
export async function hasPostgresInstallation(server: PostgresServer): Promise<boolean> {
  try {
    return await withClient(server, hasKeys)
  } catch (error) {
    const failure = failureOf(error)
    if (failure.state === '3D000') return false
    throw postgresSentence(server, failure)
  }
}

/**
 * Checks what the service needs of the server: UTF-8, a schema to create tables in, and dedicated
 * connections that keep prepared statements, settings and `listen`.
 * @returns whether the tables exist and contain keys.
 * @throws ConfigurationError with one sentence that states what is missing.
 */
export async function provePostgres(server: PostgresServer): Promise<boolean> {
  try {
    return await withClient(server, (one) =>
      withClient(server, async (other) => {
        const installed = await hasKeys(one)
        await proveDatabaseOf(one, { server, installed })
        if (await isPooled(one, other)) throw new ConfigurationError(pooled(server))
        return installed
      }),
    )
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    const failure = failureOf(error)
    if (/pooling/i.test(failure.message) || POOLED.has(failure.state ?? '')) {
      throw new ConfigurationError(pooled(server), { cause: failure })
    }
    throw postgresSentence(server, failure)
  }
}

/**
 * duplicate_prepared_statement, invalid_sql_statement_name: the statement ran on a connection of
 * another client.
 */
const POOLED: ReadonlySet<string> = new Set(['42P05', '26000'])

const placeOf = (server: PostgresServer): string =>
  `The database ${server.name} at ${hostsText(server)}`

const pooled = (server: PostgresServer): string =>
  `${placeOf(server)} is behind a pooler that pools transactions: let it pool sessions, or connect to PostgreSQL directly.`

async function withClient<T>(
  server: PostgresServer,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const target = { server, hosts: createHosts(server.hosts) }
  const client = await connectToHost(target, { query_timeout: PATIENCE })
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

async function hasKeys(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ found: string | null }>(
    `select to_regclass('service_keys') as found`,
  )
  if (typeof rows[0]?.found !== 'string') return false
  const keys = await client.query('select 1 from service_keys limit 1')
  return keys.rows.length > 0
}

interface Found {
  readonly server: PostgresServer
  readonly installed: boolean
}

async function proveDatabaseOf(client: Client, { server, installed }: Found): Promise<void> {
  const { rows } = await client.query<{ encoding: string; schema: string | null; may: boolean }>(
    `select current_setting('server_encoding') as encoding, current_schema() as schema,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as may`,
  )
  const { encoding = '', schema = null, may = false } = rows[0] ?? {}
  if (encoding !== 'UTF8') {
    throw new ConfigurationError(
      `${placeOf(server)} has the encoding ${encoding}: create one with the encoding UTF8, and name that in KEYHAVEN_DATABASE.`,
    )
  }
  if (schema === null) {
    throw new ConfigurationError(
      `${placeOf(server)} has no schema to create tables in: create the schema public, or set the search_path of this user.`,
    )
  }
  if (!may && !installed) {
    throw new ConfigurationError(
      `${placeOf(server)} does not let this user create tables in the schema ${schema}: grant create on it.`,
    )
  }
}

/**
 * Whether a pooler shares connections between transactions. Without one, two open connections have
 * two backends and keep them, with their settings, prepared statements and channels.
 */
async function isPooled(one: Client, other: Client): Promise<boolean> {
  const mark = randomBytes(8).toString('hex')
  await one.query(`select set_config('keyhaven.probe', '${mark}', false)`)
  await one.query(`listen keyhaven_${mark}`)
  const before = await look(one)
  await other.query('begin')
  // If both share one connection, a further query would wait for this transaction
  if ((await look(other)).backend === before.backend) return true
  const after = await look(one)
  await other.query('commit')
  if (after.backend !== before.backend || after.mark !== mark) return true
  const signal = AbortSignal.timeout(PATIENCE)
  const arrived = once(one, 'notification', { signal }).then(
    () => true,
    () => false,
  )
  await other.query(`notify keyhaven_${mark}`)
  return !(await arrived)
}

interface Look {
  readonly backend: number
  readonly mark: string | null
}

async function look(client: Client): Promise<Look> {
  const { rows } = await client.query<Look>({
    name: 'keyhaven_probe',
    text: `select pg_backend_pid() as backend, current_setting('keyhaven.probe', true) as mark`,
  })
  return rows[0] ?? { backend: 0, mark: null }
}
