import { KeyhavenError } from '@keyhaven/core/errors'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'pg'
import type { ClientBase, PoolClient, QueryConfig } from 'pg'
import { clientConfig, hostClients, STANDBY } from './client.ts'
import type { HostClient, PostgresTarget } from './client.ts'
import { failureOfHosts, PostgresFailure } from './failure.ts'
import type { HostFailure } from './failure.ts'

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
  /** Whether a backend that answers nothing waits for a synchronous standby. */
  readonly isWaiting?: (backend: number) => Promise<boolean>
}

/** Those that wait for a connection; more are refused at once. */
const WAITING = 256

/** The server gives up first; this is for one that answers nothing any more. */
const SILENCE = 1000

/** Prepared statements by connection; the service has fewer than this. */
const MAX_STATEMENTS = 200

export function connectPostgres(
  { server, hosts }: PostgresTarget,
  rules: ConnectionRules,
): PostgresConnections {
  const settled = async (client: HostClient): Promise<void> => {
    try {
      await settle(client, rules)
    } catch (error) {
      hosts.bad(client.place)
      throw error
    }
    hosts.good(client.place)
  }
  // Awaited, though its type does not say so
  const onConnect = (client: ClientBase): unknown => settled(client as HostClient)
  const pool = new Pool({
    ...clientConfig(server),
    Client: hostClients(server, hosts) as unknown as new () => ClientBase,
    query_timeout: rules.statement + SILENCE,
    max: rules.most,
    idleTimeoutMillis: 60_000,
    onConnect,
  })
  // An idle connection that broke has left the pool; whoever needs one makes another
  pool.on('error', () => {})
  const named = namer()
  const held = holder(rules.isWaiting)
  const end = async (): Promise<void> => {
    held.release()
    await pool.end()
  }
  const borrow = async (): Promise<PostgresPoolClient> => {
    if (pool.waitingCount >= WAITING) throw new KeyhavenError('overloaded', { retryAfter: 1 })
    const failures: HostFailure[] = []
    for (;;) {
      const place = hosts.next()
      try {
        const client = (await pool.connect()) as HostPoolClient
        // A primary of before may still answer those who are connected to it
        if (client.place === hosts.found()) return borrowed(client, { named, hold: held.hold })
        client.release(true)
      } catch (error) {
        failures.push({ place, error })
        // A pool without a free connection says nothing about its host
        if (failures.length >= hosts.count || hosts.next() === place) throw failureOfHosts(failures)
      }
    }
  }
  return {
    pool: { connect: borrow, end, options: {} },
    query: async <R>(text: string, values: readonly unknown[] = []) => {
      const client = await borrow()
      try {
        return await client.query<R>(text, values)
      } finally {
        client.release()
      }
    },
    close: end,
  }
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
  if (rows[0]?.standby !== 'off') throw new Error(STANDBY)
}

type HostPoolClient = PoolClient & HostClient

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
function borrowed(client: HostPoolClient, { named, hold }: Lending): PostgresPoolClient {
  let broken = false
  let isSilent = false
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
      isSilent ||= failure.isSilence
      throw failure
    }
  }
  return {
    query: query as PostgresPoolClient['query'],
    release: (destroy = false) => {
      client.off('error', onError)
      if (isSilent) hold(client)
      else client.release(broken || destroy)
    },
  }
}

interface Lending {
  readonly named: Named
  /** Takes a client whose server answers nothing. */
  readonly hold: (client: HostPoolClient) => void
}

/** Milliseconds between two looks at a backend that waits. */
const LOOK = 1000

/**
 * A backend that waits for a standby holds a place at the server until the standby comes, whatever the
 * client does. As long as it waits it holds its place in the pool too: otherwise each commit would leave
 * one more of them behind, until the server has no place for anybody.
 */
function holder(isWaiting: ConnectionRules['isWaiting'] = async () => false): {
  readonly hold: (client: HostPoolClient) => void
  readonly release: () => void
} {
  const held = new Set<HostPoolClient>()
  const release = (client: HostPoolClient): void => {
    if (held.delete(client)) client.release(true)
  }
  const watch = async (client: HostPoolClient): Promise<void> => {
    const { processID } = client as unknown as { readonly processID: number }
    while (held.has(client) && (await isWaiting(processID)))
      await sleep(LOOK, undefined, { ref: false })
    release(client)
  }
  return {
    hold: (client) => {
      held.add(client)
      // The server may end it meanwhile
      client.once('end', () => release(client))
      void watch(client)
    },
    release: () => held.forEach(release),
  }
}
