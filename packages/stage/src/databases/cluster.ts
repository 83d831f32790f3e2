import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rowsIn } from './databases.ts'
import { memberOf, PATRONI } from './patroni.ts'
import type { ClusterMember, ClusterSite, Launch, Member, Place } from './patroni.ts'
import { postgresPrograms } from './postgres.ts'
import { freePort, until } from '../processes/process.ts'

/** Three PostgreSQL servers under Patroni, with etcd, behind HAProxy, which leads to the primary. */
export interface Cluster {
  readonly members: readonly Member[]
  /** The URL of a database through HAProxy. */
  url(name: string): string
  /** Waits until every running member follows a primary and HAProxy leads to it. Returns the primary. */
  settle(): Promise<Member>
  /** Starts the members that were killed. */
  mend(): void
  /** The log of Patroni, PostgreSQL, etcd and HAProxy. */
  output(): string
  close(): Promise<void>
}

interface Making {
  /** Whether a commit waits for a standby. */
  readonly synchronous: boolean
}

const ETCD = '/usr/bin/etcd'
const HAPROXY = '/usr/sbin/haproxy'

/** The state of a member, as Patroni reports it. */
interface Reported {
  readonly role: string
  readonly state: string
  readonly timeline?: number
}

/** Starts etcd, three members and HAProxy, and waits until a primary leads. */
export async function startCluster({ synchronous }: Making): Promise<Cluster> {
  const programs = requirePrograms()
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-cluster-'))
  chmodSync(folder, 0o755)
  const log = join(folder, 'log')
  const { launch, killAll } = createLauncher(folder, log)
  const [client, peer, front] = [await freePort(), await freePort(), await freePort()]
  launch(ETCD, etcdArguments({ folder, client, peer }))
  const site: ClusterSite = { folder, programs, etcd: client, synchronous, launch }
  const members: ClusterMember[] = []
  for (const name of ['one', 'two', 'three']) {
    members.push(memberOf({ name, port: await freePort(), api: await freePort() }, site))
  }
  const [first, ...others] = members
  writeFileSync(join(folder, 'haproxy.cfg'), haproxyFile(front, members))
  const url = (name: string): string => `postgres://postgres@127.0.0.1:${front}/${name}`
  const settle = async (): Promise<Member> => {
    let primary: Member | undefined
    await until(
      'the cluster has a primary that all follow',
      async () => {
        primary = await primaryOf(members, { url: url('postgres'), synchronous })
        return primary !== undefined
      },
      90,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${readFileSync(log, 'utf8').slice(-8000)}`)
    })
    if (primary === undefined) throw new Error('the cluster has no primary')
    return primary
  }
  first?.start()
  // The first makes the database; the others copy it
  await until(
    'the first member leads',
    async () => (await isReplica(first?.url('postgres') ?? '')) === false,
    60,
  )
  for (const one of others) one.start()
  launch(HAPROXY, ['-db', '-f', join(folder, 'haproxy.cfg')])
  await settle()
  return {
    members,
    url,
    settle,
    mend: () => {
      for (const one of members) if (!one.runs()) one.start()
    },
    output: () => readFileSync(log, 'utf8'),
    close: async () => {
      for (const one of members) await one.kill()
      await killAll()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The folder of PostgreSQL's programs. Throws if a program of the cluster is not installed. */
function requirePrograms(): string {
  const programs = postgresPrograms()
  if (programs !== undefined && [PATRONI, ETCD, HAPROXY].every((file) => existsSync(file))) {
    return programs
  }
  throw new Error(
    'A program of the cluster is missing: run npm run chaos once, or `apt-get install postgresql patroni etcd-server haproxy`.',
  )
}

/** Starts programs that write to one log, and kills them at the end. */
function createLauncher(
  folder: string,
  log: string,
): { readonly launch: Launch; readonly killAll: () => Promise<void> } {
  const output = openSync(log, 'a')
  const children = new Set<ChildProcess>()
  return {
    launch: (file, args, owner) => {
      const stdio = ['ignore', output, output] as const
      // A program must not read the settings of the user that runs the tests
      const env = { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8' }
      const child = spawn(file, args, { cwd: folder, stdio: [...stdio], env, ...owner })
      children.add(child)
      void once(child, 'exit').then(() => children.delete(child))
      return child
    },
    killAll: async () => {
      const gone = [...children].map((child) => once(child, 'exit'))
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(gone)
      closeSync(output)
    },
  }
}

/** The primary, if every running member follows it and HAProxy, at `url`, leads to it. */
async function primaryOf(
  members: readonly ClusterMember[],
  { url, synchronous }: { readonly url: string; readonly synchronous: boolean },
): Promise<Member | undefined> {
  const running = members.filter((one) => one.runs())
  const reports = await Promise.all(running.map((one) => reportOf(one)))
  const reported = reports[0] ?? []
  const follows = reported.filter(({ role, state }) => GOOD.test(`${role} ${state}`))
  const isSafe = !synchronous || reported.some(({ role }) => role === 'sync_standby')
  const timelines = new Set(follows.map(({ timeline }) => timeline))
  if (follows.length < running.length || !isSafe || timelines.size !== 1) return undefined
  const led = await Promise.all(running.map((one) => isReplica(one.url('postgres'))))
  const primary = running[led.indexOf(false)]
  const receiving = running.filter((one) => one.receiver() !== undefined).length
  const isReached = (await isReplica(url)) === false
  return isReached && receiving === running.length - 1 ? primary : undefined
}

/** Roles and states of a healthy member. */
const GOOD = /^(leader|replica|sync_standby) (running|streaming)$/

async function reportOf({ api }: Place): Promise<readonly Reported[]> {
  try {
    const answer = await fetch(`http://127.0.0.1:${api}/cluster`)
    return ((await answer.json()) as { members: Reported[] }).members
  } catch {
    return []
  }
}

/** Whether a server is a replica; `undefined` if it does not answer. */
async function isReplica(url: string): Promise<boolean | undefined> {
  try {
    return (await rowsIn(url, 'select pg_is_in_recovery() as replica'))[0]?.['replica'] === true
  } catch {
    return undefined
  }
}

function etcdArguments({
  folder,
  client,
  peer,
}: Readonly<{ folder: string; client: number; peer: number }>): string[] {
  const [clients, peers] = [client, peer].map((port) => `http://127.0.0.1:${port}`)
  const options = {
    name: 'one',
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': clients,
    'advertise-client-urls': clients,
    'listen-peer-urls': peers,
    'initial-advertise-peer-urls': peers,
    'initial-cluster': `one=${peers}`,
    'log-level': 'error',
  }
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`)
}

/** Leads to the member whose Patroni reports it as the primary, and ends connections to a former one. */
function haproxyFile(port: number, members: readonly Place[]): string {
  const servers = members.map(
    (one) => `  server ${one.name} 127.0.0.1:${one.port} check port ${one.api}`,
  )
  return [
    'global',
    '  maxconn 500',
    'defaults',
    '  mode tcp',
    '  timeout connect 1s',
    '  timeout client 30m',
    '  timeout server 30m',
    'listen primary',
    `  bind 127.0.0.1:${port}`,
    '  option httpchk GET /primary',
    '  http-check expect status 200',
    '  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions',
    ...servers,
    '',
  ].join('\n')
}
