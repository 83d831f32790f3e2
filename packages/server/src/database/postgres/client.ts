import { hostname } from 'node:os'
import { Client, types } from 'pg'
import type { ClientConfig } from 'pg'
import type { PostgresHost, PostgresServer } from '../../config/database-place.ts'
import { failureOfHosts } from './failure.ts'
import type { HostFailure } from './failure.ts'
import type { PostgresHosts } from './hosts.ts'

/** A server, and the choice among its hosts that all connections of the process share. */
export interface PostgresTarget {
  readonly server: PostgresServer
  readonly hosts: PostgresHosts
}

/** A client that is connected to one host. */
export type HostClient = Client & { readonly place: PostgresHost }

/**
 * Creates clients of the host to be tried next. A class, because the driver's pool constructs them.
 */
export type HostClients = new (config: ClientConfig) => HostClient

type Connected = (error: Error | null, client?: Client) => void

/**
 * The class of clients for a server. It enforces `channel_binding=require` and reports unreachable
 * hosts.
 */
export function hostClients(
  { channelBinding, password }: PostgresServer,
  hosts: PostgresHosts,
): HostClients {
  return class extends Client {
    readonly place: PostgresHost

    constructor(config: ClientConfig) {
      const place = hosts.next()
      let isBound = false
      const required = {
        // The driver calls it before it sends a proof of the password
        password: (): string => {
          if (isBound) return password?.reveal() ?? ''
          throw new Error(UNBOUND)
        },
      }
      super({ ...config, ...place, ...(channelBinding === 'require' && required) })
      this.place = place
      // Added before the driver's own listener, which chooses channel binding if the server offers
      // it (RFC 5802 §6)
      this.connection.on('authenticationSASL', ({ mechanisms }: { mechanisms: string[] }) => {
        isBound = mechanisms.includes('SCRAM-SHA-256-PLUS')
      })
      this.connection.on('authenticationOk', () => {
        // The server accepted this client without any proof
        if (channelBinding === 'require' && !isBound)
          this.connection.emit('error', new Error(UNBOUND))
      })
    }

    override connect(): Promise<Client>
    override connect(done: Connected): void
    override connect(done?: Connected): Promise<Client> | undefined {
      if (done === undefined) return super.connect()
      super.connect((error: Error | null, client?: Client) => {
        if (error) hosts.bad(this.place)
        done(error, client)
      })
      return undefined
    }
  }
}

const UNBOUND =
  'the server does not bind the proof of the password to the TLS connection, which channel_binding=require demands'

/** Connects to the first host that accepts writes. @throws PostgresFailure if none does. */
export async function connectToHost(
  { server, hosts }: PostgresTarget,
  more: ClientConfig = {},
): Promise<Client> {
  const Clients = hostClients(server, hosts)
  const failures: HostFailure[] = []
  while (failures.length < hosts.count) {
    const client = new Clients({ ...clientConfig(server), ...more })
    // An error of the connection also fails its query
    client.on('error', () => {})
    try {
      await client.connect()
      // With a single host, later statements show whether it accepts writes
      if (hosts.count > 1) await requirePrimary(client)
      hosts.good(client.place)
      return client
    } catch (error) {
      hosts.bad(client.place)
      failures.push({ place: client.place, error })
      await client.end().catch(() => {})
    }
  }
  throw failureOfHosts(failures)
}

async function requirePrimary(client: Client): Promise<void> {
  const { rows } = await client.query<{ standby: string }>(
    "select current_setting('transaction_read_only') as standby",
  )
  if (rows[0]?.standby !== 'off') throw new Error(STANDBY)
}

/** The failure of a host that is a standby. */
export const STANDBY = 'This server is a standby: it accepts no writes.'

/** The driver's options for every client. */
export function clientConfig({
  name,
  user,
  password,
  tls,
  connectTimeout,
  applicationName,
  channelBinding,
}: PostgresServer): ClientConfig {
  return {
    database: name,
    user,
    password: password?.reveal() ?? '',
    ssl: tls !== undefined && {
      rejectUnauthorized: tls.verified,
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.certificate !== undefined && { cert: tls.certificate }),
      ...(tls.key !== undefined && { key: tls.key.reveal() }),
    },
    enableChannelBinding: channelBinding !== 'disable',
    connectionTimeoutMillis: connectTimeout * 1000,
    keepAlive: true,
    application_name: applicationName ?? processName(),
    types: { getTypeParser },
  }
}

/**
 * Identifies the process in `pg_stat_activity`. In containers the process id is 1 and the host name
 * is the container's.
 */
function processName(): string {
  return `keyhaven ${process.pid}@${hostname()}`.slice(0, 63)
}

/**
 * Parses `bigint`, which arrives as text, as a number.
 * @throws Error if it is not a safe integer.
 */
const getTypeParser = ((oid: number, format: 'text') =>
  oid === types.builtins.INT8
    ? wholeNumber
    : (types.getTypeParser(oid, format) as unknown)) as typeof types.getTypeParser

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error('A number in the database is too large.')
  return value
}
