import { KeyhavenError } from '@keyhaven/core/errors'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { Pool, types } from 'pg'
import type { ClientBase, ClientConfig, PoolClient, QueryConfig } from 'pg'
import type { PostgresServer } from '../config/database-place.ts'
import { PostgresFailure } from './postgres-failure.ts'

/** Connections to one server: as many as `most`, and a bounded queue before them. */
export interface PostgresConnections {
  /** For Kysely. */
  readonly pool: PostgresPool
  /** Runs one statement by itself. @throws PostgresFailure */
  query<R>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: R[] }>
  close(): Promise<void>
}

/** How connections are set. */
export interface ConnectionRules {
  readonly most: number
  /** Whether a commit is on the disk before it answers. */
  readonly durable: boolean
  /** Milliseconds that one statement may take. */
  readonly statement: number
}

/** Milliseconds to wait for a free or a new connection. */
const CONNECT = 2000

/** Those that wait for a connection; more are refused at once. */
const WAITING = 256

/** The server gives up first; this is for one that answers nothing any more. */
const SILENCE = 1000

/** Prepared statements by connection; the service has fewer than this. */
const MAX_STATEMENTS = 200

export function connectPostgres(
  server: PostgresServer,
  rules: ConnectionRules,
): PostgresConnections {
  // Awaited, though its type does not say so
  const onConnect = (client: ClientBase): unknown => settle(client, rules)
  const pool = new Pool({
    ...clientConfig(server),
    query_timeout: rules.statement + SILENCE,
    max: rules.most,
    idleTimeoutMillis: 60_000,
    onConnect,
  })
  // An idle connection that broke has left the pool; whoever needs one makes another
  pool.on('error', () => {})
  const named = namer()
  const borrow = async (): Promise<PostgresPoolClient> => {
    if (pool.waitingCount >= WAITING) throw new KeyhavenError('overloaded', { retryAfter: 1 })
    const client = await pool.connect().catch((error: unknown) => {
      throw new PostgresFailure(error)
    })
    return borrowed(client, named)
  }
  return {
    pool: { connect: borrow, end: () => pool.end(), options: {} },
    query: async <R>(text: string, values: readonly unknown[] = []) => {
      const client = await borrow()
      try {
        return await client.query<R>(text, values)
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}

/** What every client is made with. */
export function clientConfig({
  host,
  port,
  name,
  user,
  password,
  tls,
}: PostgresServer): ClientConfig {
  return {
    host,
    port,
    database: name,
    user,
    password: password?.reveal() ?? '',
    ssl: tls !== undefined && {
      rejectUnauthorized: tls.verified,
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.certificate !== undefined && { cert: tls.certificate }),
      ...(tls.key !== undefined && { key: tls.key.reveal() }),
    },
    connectionTimeoutMillis: CONNECT,
    keepAlive: true,
    application_name: 'keyhaven',
    types: { getTypeParser },
  }
}

/** `bigint` comes as text: as a number, or not at all. */
const getTypeParser = ((oid: number, format: 'text') =>
  oid === types.builtins.INT8
    ? wholeNumber
    : (types.getTypeParser(oid, format) as unknown)) as typeof types.getTypeParser

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error('A number in the database is too large.')
  return value
}

/** Sets what must hold on every connection, and refuses a server that takes no writes. */
async function settle(client: ClientBase, { durable, statement }: ConnectionRules): Promise<void> {
  // `local` and stronger choices of the operator are on the disk too
  const commit = durable
    ? "case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end"
    : "'off'"
  const { rows } = await client.query<{ commit: string; standby: string }>(
    `select set_config('synchronous_commit', ${commit}, false) as commit,
      set_config('statement_timeout', '${statement}', false),
      set_config('lock_timeout', '${Math.min(statement, LOCK)}', false),
      set_config('idle_in_transaction_session_timeout', '${IDLE}', false),
      set_config('default_transaction_isolation', 'read committed', false),
      current_setting('transaction_read_only') as standby`,
  )
  if (durable && rows[0]?.commit === 'off')
    throw new Error('PostgreSQL did not take durable commits.')
  if (rows[0]?.standby !== 'off') throw new Error('This server is a standby: it takes no writes.')
}

/** Milliseconds that a statement waits for another transaction's lock. */
const LOCK = 3000

/** Milliseconds after which a transaction that asks nothing is ended: its process may have been stopped. */
const IDLE = 5000

/** Parameters of a statement that is prepared. */
const LONGEST = 20

type Named = (text: string, values: readonly unknown[]) => QueryConfig

/** Statements with parameters come again and again: each is prepared once on each connection. */
function namer(): Named {
  const names = new Map<string, string>()
  return (text, values) => {
    const query = { text, values: [...values] }
    // A list of every length would have a statement of its own
    if (values.length === 0 || values.length > LONGEST) return query
    const known = names.get(text)
    if (known === undefined && names.size >= MAX_STATEMENTS) return query
    const name = known ?? `keyhaven_${names.size}`
    names.set(text, name)
    return { ...query, name }
  }
}

/** A client for one use. One that broke goes out of the pool, and its transaction with it. */
function borrowed(client: PoolClient, named: Named): PostgresPoolClient {
  let broken = false
  const onError = (): void => {
    broken = true
  }
  client.on('error', onError)
  const query = async (text: string, values: readonly unknown[] = []): Promise<unknown> => {
    // The server has rolled back what a lost connection began
    if (broken && text === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] }
    try {
      return await client.query(named(text, values))
    } catch (error) {
      const failure = new PostgresFailure(error)
      broken ||= failure.endsConnection
      throw failure
    }
  }
  return {
    query: query as PostgresPoolClient['query'],
    release: (destroy = false) => {
      client.off('error', onError)
      client.release(broken || destroy)
    },
  }
}
