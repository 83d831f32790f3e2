import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** A server process on a core of its own. */
export interface Server {
  readonly address: string
  /** Milliseconds of CPU so far, all threads. */
  cpu(): number
  /** Resident megabytes. */
  resident(): number
  stop(): Promise<void>
}

const canPin = existsSync('/usr/bin/taskset')

/** Moves this process, which generates the load, to the second core: servers have the first. */
export const loadOnSecondCore = (): void => moveTo('1')

/** Lets this process, and processes that it starts from now on, use every core again. */
export const loadOnEveryCore = (): void => moveTo(`0-${cpus().length - 1}`)

function moveTo(cores: string): void {
  if (canPin) spawnSync('taskset', ['-a', '-cp', cores, String(process.pid)])
}

/** A running service from the build. */
export interface Keyhaven extends Server {
  readonly origin: string
  /** Runs another command on the same data. Returns its output with `--json`. */
  command(args: readonly string[], input?: string): unknown
}

/** The core, the checkout and the settings of a service. */
interface Place {
  readonly core?: number
  /** The checkout whose build runs; this one if it is left out. */
  readonly checkout?: string
  /** The script of `keyhaven`; the one of the checkout if it is left out. */
  readonly script?: string
  readonly environment?: Readonly<Record<string, string>>
  /** A data folder that stays; if it is left out, a new one, which `stop` removes. */
  readonly data?: string
}

/** Starts `keyhaven start` from the build. */
export async function keyhavenServer({
  core,
  checkout = root,
  script = join(checkout, 'packages/server/dist/cli/main.js'),
  environment: more,
  data: kept,
}: Place = {}): Promise<Keyhaven> {
  const data = kept ?? mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
  const port = await freePort()
  const environment = {
    KEYHAVEN_URL: `http://localhost:${port}/auth`,
    KEYHAVEN_PORT: String(port),
    KEYHAVEN_DATA: data,
    KEYHAVEN_TRUST_PROXY: '127.0.0.1',
    ...more,
  }
  const server = await start([script, 'start'], environment, core)
  const { origin } = new URL(environment.KEYHAVEN_URL)
  return {
    ...server,
    address: `http://127.0.0.1:${port}/auth`,
    origin,
    command: (args, input = '') => {
      const env = { PATH: process.env['PATH'], ...environment }
      const all = [script, ...args, '--json']
      const { stdout, stderr } = spawnSync(process.execPath, all, { env, input })
      if (stdout.length === 0) throw new Error(`${args.join(' ')}: ${stderr.toString()}`)
      return JSON.parse(stdout.toString()) as unknown
    },
    stop: async () => {
      await server.stop()
      if (kept === undefined) rmSync(data, { recursive: true })
    },
  }
}

/** Starts one of `bench/lib/peers`. */
export function peer(name: string, ...args: readonly string[]): Promise<Server> {
  return start([join(root, `bench/lib/peers/${name}.mjs`), ...args], {})
}

/** A Node command on one core, for `spawn`. */
export function pinned(script: readonly string[], core = 0): [string, string[]] {
  const command = [process.execPath, ...script]
  const [file = '', ...args] = canPin ? ['taskset', '-c', String(core), ...command] : command
  return [file, args]
}

async function start(
  script: readonly string[],
  environment: Readonly<Record<string, string>>,
  core?: number,
): Promise<Server> {
  const [file, args] = pinned(script, core)
  const child = spawn(file, args, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const address = await readyAt(child)
  const pid = child.pid ?? 0
  return {
    address,
    cpu: () => cpuOf(pid),
    resident: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve))
      child.kill('SIGTERM')
      await ended
    },
  }
}

function readyAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const read = (chunk: Buffer): void => {
      text += chunk.toString()
      const address = /ready at ([^\s"]+)/.exec(text)?.[1]
      if (address !== undefined) resolve(address)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('close', () => reject(new Error(`the server ended:\n${text}`)))
  })
}

/** User and system time of a process (proc(5), fields 14 and 15, in hundredths of a second). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
