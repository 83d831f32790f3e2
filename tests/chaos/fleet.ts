import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBalancer } from '@keyhaven/stage/proxies/balancer'
import { answers, freePort, keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { program } from '@keyhaven/stage/processes/program'
import type { RunningProcess } from '@keyhaven/stage/processes/process'
import { startTcpProxy } from '@keyhaven/stage/proxies/tcp-proxy'
import { ask } from './ask.ts'

/** Seconds that a copy of the revocations may be old. */
export const MAX_STALENESS = 6

/** A network between two parts. */
export type Line = Awaited<ReturnType<typeof startTcpProxy>> & { readonly name: string }

/** One of the two processes of the service. */
export interface ServiceProcess {
  readonly name: string
  /** Past nginx and every line. */
  readonly address: string
  kill(): Promise<void>
  /** As a supervisor does: again, until it runs. */
  start(): Promise<void>
  /** Whether it answers, with its database. */
  isReady(): Promise<boolean>
  /** Whether it runs: only `kill` ends it. */
  runs(): boolean
}

/** An API behind a guard. */
export interface GuardedApi {
  readonly name: string
  readonly address: string
  readonly pid: number
}

/** What a guard says of itself. */
export interface GuardHealth {
  readonly fresh: boolean
  readonly log: string | undefined
  readonly seq: number
}

/** What a crowd uses: a service, and APIs that trust it. */
export interface Served {
  readonly issuer: string
  readonly database: string
  readonly guards: readonly GuardedApi[]
}

/** Two services on one database behind nginx, guarded APIs, and the lines between them. */
export interface Fleet extends Served {
  readonly services: readonly ServiceProcess[]
  readonly lines: readonly Line[]
  /** What the services have logged. */
  output(): string
  /** What a guard says, or nothing. */
  health(guard: GuardedApi): Promise<GuardHealth | undefined>
  /** Runs a command of the command line, which must succeed; the answer is its JSON. */
  command(args: readonly string[], input?: string): Promise<unknown>
  close(): Promise<void>
}

/** What a fleet is made of. */
interface Making {
  readonly administrator: { readonly email: string; readonly password: string }
  /** The server on this machine that has the database `postgres`. */
  readonly server: { readonly port: number; url(database: string): string }
  /** Of ten guards four are fed by the first service, four by the second, two by whatever is behind nginx. */
  readonly guards: number
}

export async function startFleet({ administrator, server, guards: count }: Making): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-chaos-'))
  const lines: Line[] = []
  const processes: RunningProcess[] = []
  const line = async (name: string, port: number): Promise<Line> => {
    const made = Object.assign(await startTcpProxy(port), { name })
    lines.push(made)
    return made
  }
  const ports = [await freePort(), await freePort()]
  const upstreams: Line[] = []
  for (const [at, port] of ports.entries()) {
    upstreams.push(await line(`nginx to service ${at + 1}`, port))
  }
  const nginx = await startBalancer(upstreams.map(({ port }) => port))
  const issuer = `${nginx.address.replace('127.0.0.1', 'localhost')}/auth`
  const masterKey = randomBytes(32).toString('base64url')
  const environment = {
    KEYHAVEN_URL: issuer,
    KEYHAVEN_MASTER_KEY: masterKey,
    KEYHAVEN_TRUST_PROXY: '127.0.0.1',
    KEYHAVEN_MAX_STALENESS: `${MAX_STALENESS}s`,
    // Administrators sign in once, and a whole dose takes longer than a fresh proof lasts
    KEYHAVEN_STEP_UP: '1d',
  }
  const begin = (own: Readonly<Record<string, string>>): RunningProcess => {
    const running = run([...keyhaven, 'start'], { environment: own })
    processes.push(running)
    return running
  }
  const services: ServiceProcess[] = []
  const settings: Record<string, string>[] = []
  for (const [at, port] of ports.entries()) {
    const name = `service ${at + 1}`
    const { port: databasePort } = await line(`${name} to PostgreSQL`, server.port)
    const own = {
      ...environment,
      KEYHAVEN_PORT: String(port),
      KEYHAVEN_DATA: join(folder, `service-${at + 1}`),
      KEYHAVEN_DATABASE: `postgres://postgres@127.0.0.1:${databasePort}/postgres`,
    }
    settings.push(own)
    const address = `http://127.0.0.1:${port}/auth`
    services.push({ ...supervised(name, address, () => begin(own)), name, address })
  }
  const command: Fleet['command'] = async (args, input = '') => {
    const done = run([...keyhaven, ...args, '--json'], { environment: settings[0] ?? {}, input })
    if ((await done.exited) !== 0) throw new Error(done.output())
    const [line = 'null'] = done.output().trim().split('\n').slice(-1)
    return JSON.parse(line) as unknown
  }
  const { email, password } = administrator
  await command(['accounts', 'create', '--email', email, '--role', 'admin'], password)
  await Promise.all(services.map((one) => one.start()))
  const guards = await Promise.all(
    Array.from({ length: count }, async (_, at): Promise<GuardedApi> => {
      const name = `guard-${at}`
      const { key } = (await command(['guards', 'add', name])) as { key: string }
      const share = at / count
      const target = share < 0.4 ? ports[0] : share < 0.8 ? ports[1] : Number(new URL(issuer).port)
      const { port: reachPort } = await line(`${name} to its service`, target ?? 0)
      const port = await freePort()
      const api = run(program('guarded-api'), {
        environment: {
          ISSUER: issuer,
          REACH: `http://127.0.0.1:${reachPort}/auth`,
          FEED_KEY: key,
          PORT: String(port),
        },
      })
      processes.push(api)
      return { name, address: `http://127.0.0.1:${port}`, pid: api.pid }
    }),
  )
  const health: Fleet['health'] = async ({ address }) =>
    (await ask(`${address}/health`))?.body as GuardHealth | undefined
  for (const guard of guards) {
    await until(
      `${guard.name} receives events`,
      async () => (await health(guard))?.fresh === true,
      30,
    )
  }
  return {
    issuer,
    database: server.url('postgres'),
    services,
    guards,
    lines,
    output: () => processes.map((one) => one.output()).join(''),
    health,
    command,
    close: async () => {
      for (const { pid } of guards) process.kill(pid, 'SIGCONT')
      await Promise.all(processes.map((one) => one.stop('SIGKILL')))
      await nginx.close()
      for (const one of lines) one.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Keeps a process running until it is killed, and from the next start on. */
function supervised(
  name: string,
  address: string,
  begin: () => RunningProcess,
): Omit<ServiceProcess, 'name' | 'address'> {
  let running: RunningProcess | undefined
  let ended = true
  const launch = (): void => {
    const launched = begin()
    running = launched
    ended = false
    void launched.exited.then(() => {
      if (running === launched) ended = true
    })
  }
  return {
    kill: async () => void (await running?.stop('SIGKILL')),
    start: async () => {
      const up = async (): Promise<boolean> => {
        // Without its database it does not start
        if (ended) launch()
        return answers(`${address}/health/live`)
      }
      await until(`${name} listens`, up).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${running?.output()}`)
      })
    },
    isReady: () => answers(`${address}/health/ready`),
    runs: () => !ended,
  }
}
