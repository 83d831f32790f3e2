import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort, until } from '../processes/process.ts'

/** A PostgreSQL server that tests start: a new cluster on a port of its own. */
export interface Postgres {
  readonly port: number
  /** The URL of a database; `postgres` always exists. */
  url(name: string): string
  /** Stops the server as a power cut would: the next start recovers. */
  kill(): void
  /** `kill -9` for each of its processes; resolves when all are gone. */
  killAll(): Promise<void>
  start(): void
  /** Makes a primary of a standby. */
  promote(): void
  /** The process that receives the primary's log; a primary has none. */
  receiver(): number | undefined
  /** The process of a standby that applies what was received. */
  recovery(): number | undefined
  close(): void
}

const DEBIAN = '/usr/lib/postgresql'

/** The folder of Debian's newest PostgreSQL; `undefined` if none is installed. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined
  const [newest] = readdirSync(DEBIAN).toSorted((one, other) => Number(other) - Number(one))
  const folder = join(DEBIAN, newest ?? '', 'bin')
  return existsSync(join(folder, 'initdb')) ? folder : undefined
}

/** How a cluster is made. */
interface Making {
  /** Whether commits wait for the disk. */
  readonly durable: boolean
  /** Requires TLS, with this certificate (PEM). The user `bound` needs a password. */
  readonly tls?: { readonly certificate: string; readonly key: string }
  /** Copies a primary that runs, and follows it as its standby. */
  readonly from?: Pick<Postgres, 'port'>
  /** The port; a free one if left out. */
  readonly port?: number
}

/** Makes a cluster and starts it. */
export async function startPostgres({
  durable,
  tls,
  from,
  port: wanted,
}: Making): Promise<Postgres> {
  const programs = postgresPrograms()
  if (programs === undefined) {
    throw new Error('PostgreSQL is missing: run npm test once, or `apt-get install postgresql`.')
  }
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-postgres-'))
  const port = wanted ?? (await freePort())
  // PostgreSQL refuses to run as root
  const root = userInfo().uid === 0
  const asOwner = (program: string, ...args: string[]): void => {
    const command = [join(programs, program), ...args]
    const line = root ? ['runuser', '-u', 'postgres', '--', ...command] : command
    const [file = '', ...rest] = line
    const { status, stdout, stderr } = spawnSync(file, rest, { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${program} failed:\n${stdout}${stderr}`)
  }
  if (root) spawnSync('chown', ['postgres', folder])
  chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  if (from === undefined) {
    asOwner('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync')
  } else {
    const place = ['-h', '127.0.0.1', '-p', String(from.port), '-U', 'postgres']
    asOwner('pg_basebackup', ...place, '-D', data, '-R', '-c', 'fast', '--no-sync')
  }
  if (tls !== undefined) {
    writeFileSync(join(data, 'server.crt'), tls.certificate)
    writeFileSync(join(data, 'server.key'), tls.key, { mode: 0o600 })
    writeFileSync(
      join(data, 'pg_hba.conf'),
      'local all all trust\nhostssl all bound all scram-sha-256\nhostssl all all all trust\n',
    )
    if (root) spawnSync('chown', ['postgres', join(data, 'server.crt'), join(data, 'server.key')])
  }
  // Files beside each other, each with services and their pools
  const careless = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_connections=300',
  ]
  const settings = [
    'listen_addresses=127.0.0.1',
    ...(tls === undefined ? [] : ['ssl=on']),
    ...(durable ? [] : careless),
  ]
  const options = [`-p ${port} -k ${folder}`, ...settings.map((one) => `-c ${one}`)].join(' ')
  const start = (): void => {
    asOwner('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start')
  }
  const kill = (): void => asOwner('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop')
  start()
  return {
    port,
    url: (name) => `postgres://postgres@127.0.0.1:${port}/${name}`,
    kill,
    killAll: () => killPostgres(data, join(folder, `.s.PGSQL.${port}.lock`)),
    start,
    promote: () => asOwner('pg_ctl', '-D', data, '-w', 'promote'),
    receiver: () => receiverOf(data),
    recovery: () => childOf(data, 'startup'),
    close: () => {
      // After `killAll` no process is left to stop
      if (existsSync(join(data, 'postmaster.pid'))) kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** `kill -9` for each process of the server on a data folder; resolves when all are gone. */
export async function killPostgres(data: string, socketLock: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const parent = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (alive.has(stateOf(parent))) await killTree(parent)
  // Without an init process that reaps it, the next start would take the dead server for a running one
  for (const lock of [file, socketLock]) rmSync(lock, { force: true })
}

/** The process of the server on a data folder that receives its primary's log. */
export function receiverOf(data: string): number | undefined {
  return childOf(data, 'walreceiver')
}

/** The child process of the server on a data folder whose command contains a name. */
function childOf(data: string, name: string): number | undefined {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const parent = Number(readFileSync(file, 'utf8').split('\n')[0])
  return childrenOf(parent).find((pid) => commandOf(pid).includes(name))
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** Kills a process and its children, which can't clean up. */
async function killTree(parent: number): Promise<void> {
  // A stopped process starts no more children
  process.kill(parent, 'SIGSTOP')
  await until('PostgreSQL is stopped', () => stateOf(parent) === 'T')
  const pids = [...childrenOf(parent), parent]
  for (const pid of pids) {
    // A connection's process may have ended meanwhile
    if (stateOf(pid) !== undefined) process.kill(pid, 'SIGKILL')
  }
  await until('PostgreSQL is gone', () => pids.every((pid) => !alive.has(stateOf(pid))))
}

/** The child processes of a process; none if it is gone. */
function childrenOf(parent: number): number[] {
  try {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    return children.trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** States of a process that still runs, in contrast to a zombie. */
const alive: ReadonlySet<string | undefined> = new Set(['R', 'S', 'D', 'T', 'I'])

/** A process's state (proc(5), field 3); `undefined` if there is no such process. */
function stateOf(pid: number): string | undefined {
  try {
    return /^.*\) (\w)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
