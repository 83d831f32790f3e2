import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { killPostgres, receiverOf } from './postgres.ts'

/** The program of Patroni, as Debian installs it. */
export const PATRONI = '/usr/bin/patroni'

/** One server with its Patroni. */
export interface Member {
  readonly name: string
  readonly port: number
  /** The URL of a database on this server, not through HAProxy. */
  url(database: string): string
  /** The process that receives the primary's log; a primary has none. */
  receiver(): number | undefined
  /** `kill -9` of Patroni and of each process of its PostgreSQL. */
  kill(): Promise<void>
  /** Starts Patroni, which starts PostgreSQL and lets it follow the primary of that time. */
  start(): void
}

/** Starts a program, as another user if `owner` is given. */
export type Launch = (
  file: string,
  args: readonly string[],
  owner?: { readonly uid: number; readonly gid: number },
) => ChildProcess

/** What the members of one cluster share. */
export interface ClusterSite {
  readonly folder: string
  readonly programs: string
  /** etcd's port. */
  readonly etcd: number
  readonly synchronous: boolean
  readonly launch: Launch
}

/** The name and the ports of a member. */
export interface Place {
  readonly name: string
  readonly port: number
  /** Patroni's own port. */
  readonly api: number
}

/** A member, for the cluster that starts it. */
export interface ClusterMember extends Member, Place {
  runs(): boolean
}

/** One of the servers, not started yet. */
export function memberOf(place: Place, site: ClusterSite): ClusterMember {
  const { name, port } = place
  const { folder, launch } = site
  const own = join(folder, name)
  const data = join(own, 'data')
  mkdirSync(own, { mode: 0o700 })
  const owner = ownerOfServers(folder)
  if (owner !== undefined) chownSync(own, owner.uid, owner.gid)
  const settings = join(folder, `${name}.json`)
  // JSON is YAML too
  writeFileSync(settings, JSON.stringify(patroniSettings(place, own, site)))
  let patroni: ChildProcess | undefined
  return {
    ...place,
    url: (database) => `postgres://postgres@127.0.0.1:${port}/${database}`,
    receiver: () => receiverOf(data),
    runs: () => patroni !== undefined,
    kill: async () => {
      const running = patroni
      patroni = undefined
      if (running?.exitCode === null && running.signalCode === null) {
        const gone = once(running, 'exit')
        running.kill('SIGKILL')
        await gone
      }
      if (existsSync(join(data, 'postmaster.pid')))
        await killPostgres(data, join(own, `.s.PGSQL.${port}.lock`))
    },
    start: () => {
      patroni = launch(PATRONI, [settings], owner)
    },
  }
}

/** The user that PostgreSQL runs as, because it refuses to run as root. */
function ownerOfServers(
  folder: string,
): { readonly uid: number; readonly gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`no user postgres for ${folder}`)
  return { uid: Number(uid), gid: Number(gid) }
}

/** Seconds of a leader's lock, between two checks of it, and for which a call to etcd is retried. */
const TTL = 15
const LOOK = 2
const RETRY = 4

function patroniSettings({ name, port, api }: Place, own: string, site: ClusterSite): object {
  const user = (username: string): object => ({ username, password: 'unused' })
  return {
    scope: 'keyhaven',
    name,
    restapi: { listen: `127.0.0.1:${api}`, connect_address: `127.0.0.1:${api}` },
    etcd3: { host: `127.0.0.1:${site.etcd}` },
    bootstrap: {
      dcs: {
        ttl: TTL,
        loop_wait: LOOK,
        retry_timeout: RETRY,
        synchronous_mode: site.synchronous,
        postgresql: { use_pg_rewind: true },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'no-sync'],
    },
    postgresql: {
      listen: `127.0.0.1:${port}`,
      connect_address: `127.0.0.1:${port}`,
      data_dir: join(own, 'data'),
      bin_dir: site.programs,
      pgpass: join(own, 'pgpass'),
      authentication: { superuser: user('postgres'), replication: user('replicator') },
      remove_data_directory_on_diverged_timelines: true,
      remove_data_directory_on_rewind_failure: true,
      parameters: { unix_socket_directories: own, max_connections: 100 },
      pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'],
    },
    watchdog: { mode: 'off' },
  }
}
