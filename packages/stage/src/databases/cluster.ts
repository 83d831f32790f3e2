import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rowsIn } from './databases.ts'
import { memberOf, PATRONI } from './patroni.ts'
import type { Launch, Made, Member, Place, Site } from './patroni.ts'
import { postgresPrograms } from './postgres.ts'
import { freePort, until } from '../processes/process.ts'

/** Three PostgreSQL servers under Patroni, with etcd, behind HAProxy, which leads to the primary. */
export interface Cluster {
  readonly members: readonly Member[]
  /** The URL of a database by way of HAProxy. */
  url(name: string): string
  /** Waits until there is a primary, every running member follows it, and HAProxy leads to it; the answer is the primary. */
  settle(): Promise<Member>
  /** Starts the members that were killed. */
  mend(): void
  /** What Patroni, PostgreSQL, etcd and HAProxy have logged. */
  output(): string
  close(): Promise<void>
}

interface Making {
  /** Whether a commit waits for a standby. */
  readonly synchronous: boolean
}

const ETCD = '/usr/bin/etcd'
const HAPROXY = '/usr/sbin/haproxy'

/** What Patroni reports of a member. */
interface Seen {
  readonly role: string
  readonly state: string
  readonly timeline?: number
}

export async function startCluster({ synchronous }: Making): Promise<Cluster> {
  const programs = postgresPrograms()
  if (programs === undefined || ![PATRONI, ETCD, HAPROXY].every((file) => existsSync(file))) {
    throw new Error(
      'A program of the cluster is missing: run npm run chaos once, or `apt-get install postgresql patroni etcd-server haproxy`.',
    )
  }
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-cluster-'))
  chmodSync(folder, 0o755)
  const log = join(folder, 'log')
  const output = openSync(log, 'a')
  const children = new Set<ChildProcess>()
  const launch: Launch = (file, args, owner) => {
    const stdio = ['ignore', output, output] as const
    // Whoever owns it reads no settings of the user that runs the tests
    const env = { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8' }
    const child = spawn(file, args, { cwd: folder, stdio: [...stdio], env, ...owner })
    children.add(child)
    void once(child, 'exit').then(() => children.delete(child))
    return child
  }
  const [client, peer, front] = [await freePort(), await freePort(), await freePort()]
  launch(ETCD, etcdArguments({ folder, client, peer }))
  const site: Site = { folder, programs, etcd: client, synchronous, launch }
  const members: Made[] = []
  for (const name of ['one', 'two', 'three']) {
    members.push(memberOf({ name, port: await freePort(), api: await freePort() }, site))
  }
  const [first, ...others] = members
  writeFileSync(join(folder, 'haproxy.cfg'), haproxyFile(front, members))
  const url = (name: string): string => `postgres://postgres@127.0.0.1:${front}/${name}`

  /** The primary, if all is well. */
  const look = async (): Promise<Member | undefined> => {
    const running = members.filter((one) => one.runs())
    const views = await Promise.all(running.map((one) => seenBy(one)))
    const seen = views[0] ?? []
    const follows = seen.filter(({ role, state }) => GOOD.test(`${role} ${state}`))
    const isSafe = !synchronous || seen.some(({ role }) => role === 'sync_standby')
    const timelines = new Set(follows.map(({ timeline }) => timeline))
    if (follows.length < running.length || !isSafe || timelines.size !== 1) return undefined
    const led = await Promise.all(running.map((one) => isReplica(one.url('postgres'))))
    const primary = running[led.indexOf(false)]
    const receiving = running.filter((one) => one.receiver() !== undefined).length
    const isReached = (await isReplica(url('postgres'))) === false
    return isReached && receiving === running.length - 1 ? primary : undefined
  }
  const settle = async (): Promise<Member> => {
    let primary: Member | undefined
    await until(
      'the cluster has a primary that all follow',
      async () => {
        primary = await look()
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
      const gone = [...children].map((child) => once(child, 'exit'))
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(gone)
      closeSync(output)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Roles and states of a member that does what it should. */
const GOOD = /^(leader|replica|sync_standby) (running|streaming)$/

async function seenBy({ api }: Place): Promise<readonly Seen[]> {
  try {
    const answer = await fetch(`http://127.0.0.1:${api}/cluster`)
    return ((await answer.json()) as { members: Seen[] }).members
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

/** Leads to the member whose Patroni says that it is the primary, and ends connections to one that was. */
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
