import { KeyhavenError } from '@keyhaven/core/errors'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'pg'
import type { ClientBase, PoolClient, QueryConfig } from 'pg'
import { clientConfig, hostClients, STANDBY } from './client.ts'
import type { HostClient, PostgresTarget } from './client.ts'
import { failureOfHosts, PostgresFailure } from './failure.ts'
import type { HostFailure } from './failure.ts'

/** A bounded pool of connections to one server, with a bounded queue. */
export interface PostgresConnections {
  /** The pool that Kysely uses. */
  readonly pool: PostgresPool
  /** Runs one statement outside a transaction. @throws PostgresFailure. */
  query<R>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: R[] }>
  /**
   * Runs statements without parameters as one transaction, which the server completes even if this
   * process is suspended meanwhile. @returns the rows of each. @throws PostgresFailure.
   */
  runAll(statements: readonly string[]): Promise<readonly (readonly Row[])[]>
  close(): Promise<void>
}

type Row = Readonly<Record<string, unknown>>

/** Settings of the connections of a pool. */
export interface ConnectionRules {
  readonly most: number
  /** Whether a commit is on disk before the server acknowledges it. */
  readonly durable: boolean
  /** Milliseconds that one statement may take. */
  readonly statement: number
  /** Milliseconds that a statement waits for another transaction's lock; 3 s if left out. */
  readonly lock?: number
  /** Whether a backend that does not answer waits for a synchronous standby. */
  readonly isWaiting?: (backend: number) => Promise<boolean>
}

/** Callers that may wait for a connection; further ones are refused at once. */
const WAITING = 256

/**
 * Milliseconds after the server's own time limit until the client gives up on a server that does
 * not answer.
 */
const SILENCE = 1000

/** Prepared statements of a connection; the service has fewer. */
const MAX_STATEMENTS = 200

/** Opens a pool to the host that accepts writes. It connects lazily, so it never fails. */
export function connectPostgres(
  { server, hosts }: PostgresTarget,
  rules: ConnectionRules,
): PostgresConnections {
  const settled = async (client: HostClient): Promise<void> => {
    // The server may end a client that is out of the pool; without a listener that ends the process
    client.on('error', () => {})
    try {
      await settle(client, rules)
    } catch (error) {
      hosts.bad(client.place)
      throw error
    }
    hosts.good(client.place)
  }
  // The driver awaits it, although its type does not show that
  const onConnect = (client: ClientBase): unknown => settled(client as HostClient)
  const pool = new Pool({
    ...clientConfig(server),
    Client: hostClients(server, hosts) as unknown as new () => ClientBase,
    query_timeout: rules.statement + SILENCE,
    max: rules.most,
    idleTimeoutMillis: 60_000,
    onConnect,
  })
  // A broken idle connection has left the pool; the next caller opens another
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
        // A former primary may still answer clients that are connected to it
        if (client.place === hosts.found()) return borrowed(client, { named, hold: held.hold })
        client.release(true)
      } catch (error) {
        failures.push({ place, error })
        // A pool without a free connection proves nothing about its host
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
    runAll: async (statements) => {
      const client = await borrow()
      try {
        // One simple query is one transaction (PostgreSQL, "Frontend/Backend Protocol", 55.2.2.1)
        const results: unknown = await client.query(statements.join(';\n'), [])
        return (results as readonly { readonly rows: Row[] }[]).map(({ rows }) => rows)
      } finally {
        client.release()
      }
    },
    close: end,
  }
}

/**
 * Applies the settings that every connection needs.
 * @throws Error if the server accepts no writes.
 */
async function settle(
  client: ClientBase,
  { durable, statement, lock = LOCK }: ConnectionRules,
): Promise<void> {
  // `local` and stronger settings of the operator are durable too
  const commit = durable
    ? "case current_setting('synchronous_commit') when 'off' then 'on' else current_setting('synchronous_commit') end"
    : "'off'"
  const { rows } = await client.query<{ commit: string; standby: string }>(
    `select set_config('synchronous_commit', ${commit}, false) as commit,
      set_config('statement_timeout', '${statement}', false),
      set_config('lock_timeout', '${Math.min(statement, lock)}', false),
      set_config('idle_in_transaction_session_timeout', '${IDLE}', false),
      set_config('default_transaction_isolation', 'read committed', false),
      current_setting('transaction_read_only') as standby`,
  )
  if (durable && rows[0]?.commit === 'off')
    throw new Error('PostgreSQL did not accept durable commits.')
  if (rows[0]?.standby !== 'off') throw new Error(STANDBY)
}

type HostPoolClient = PoolClient & HostClient

/** Milliseconds that a statement waits for another transaction's lock. */
const LOCK = 3000

/** Milliseconds after which an idle transaction is ended: its process may have been suspended. */
const IDLE = 5000

/** The largest number of parameters with which a statement is prepared. */
const LONGEST = 20

/** Single statements that the server prepares; it gains nothing from others, such as `begin`. */
const PREPARED = /^\s*(?:select|insert|update|delete|with)\b[^;]*$/i

type Named = (text: string, values: readonly unknown[]) => QueryConfig

/** Names statements, so that each is prepared once on a connection. */
function namer(): Named {
  const names = new Map<string, string>()
  return (text, values) => {
    const query = { text, values: [...values] }
    // Each number of rows would be another statement
    if (!PREPARED.test(text) || values.length > LONGEST) return query
    const known = names.get(text)
    if (known === undefined && names.size >= MAX_STATEMENTS) return query
    const name = known ?? `keyhaven_${names.size}`
    names.set(text, name)
    return { ...query, name }
  }
}

/** A client for one use. A broken one leaves the pool, which also ends its transaction. */
function borrowed(client: HostPoolClient, { named, hold }: Lending): PostgresPoolClient {
  let broken = false
  let isSilent = false
  const onError = (): void => {
    broken = true
  }
  client.on('error', onError)
  const query = async (text: string, values: readonly unknown[] = []): Promise<unknown> => {
    // The server has already rolled back the transaction of a lost connection
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
  /** Keeps a client whose server does not answer out of use. */
  readonly hold: (client: HostPoolClient) => void
}

/** Milliseconds between two checks of a waiting backend. */
const LOOK = 1000

/**
 * A backend that waits for a standby holds a connection slot of the server until the standby
 * returns, even if its client is gone. It keeps its place in the pool as long: otherwise each
 * commit would leave another such backend, until the server has no slots left.
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
      // The server may end the connection meanwhile
      client.once('end', () => release(client))
      void watch(client)
    },
    release: () => held.forEach(release),
  }
}
