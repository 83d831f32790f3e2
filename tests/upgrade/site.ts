import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from '../chaos/ask.ts'
import { MAX_STALENESS } from '../chaos/fleet.ts'
import type { GuardedApi, Served } from '../chaos/fleet.ts'
import { startBalancer } from '@keyhaven/stage/proxies/balancer'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { answers, freePort, run, until } from '@keyhaven/stage/processes/process'
import type { RunningProcess } from '@keyhaven/stage/processes/process'
import type { Version } from './versions.ts'

/** Two services behind nginx on one database, and APIs that trust them; each is of some version. */
export interface Site extends Served {
  /** The address of each service itself. */
  readonly services: readonly string[]
  /** Stops a service gently, starts it on the same data folder in another version, and waits until nginx uses it. */
  replaceService(at: number, version: Version, flags?: readonly string[]): Promise<void>
  stopServices(): Promise<void>
  /** Starts a further service of a version that must refuse; the answer is its exit code and output. */
  refusal(version: Version, flags?: readonly string[]): Promise<{ code: number; output: string }>
  /** Stops the process of an API, and starts it in another version. */
  replaceGuard(at: number, version: Version): Promise<void>
  /** Every guard hears, and has what the log had when this was asked. */
  converge(): Promise<void>
  command(version: Version, args: readonly string[], input?: string): Promise<string>
  /** Everything that was logged. */
  output(): string
  close(): Promise<void>
}

/** Starts two services of a version, which makes the database, and guards of these. */
export async function startSite(
  version: Version,
  guards: readonly Version[],
  administrator: { readonly email: string; readonly password: string },
): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhaven-upgrade-'))
  const database = await databaseIn(folder, { migrated: false })
  const started: RunningProcess[] = []
  const begin = (...starting: Parameters<typeof run>): RunningProcess => {
    const running = run(...starting)
    started.push(running)
    return running
  }
  const ports = [await freePort(), await freePort()]
  const nginx = await startBalancer(ports)
  const issuer = `${nginx.address.replace('127.0.0.1', 'localhost')}/auth`
  const masterKey = randomBytes(32).toString('base64url')
  const places = ports.map((port, at) => ({
    address: `http://127.0.0.1:${port}/auth`,
    environment: {
      KEYHAVEN_URL: issuer,
      KEYHAVEN_PORT: String(port),
      KEYHAVEN_DATA: join(folder, `service-${at + 1}`),
      KEYHAVEN_DATABASE: database,
      KEYHAVEN_MASTER_KEY: masterKey,
      KEYHAVEN_MAX_STALENESS: `${MAX_STALENESS}s`,
      // Each request of a crowd is from an address of its own
      KEYHAVEN_TRUST_PROXY: '127.0.0.1',
    },
  }))
  const services: RunningProcess[] = []
  const startService = async (at: number, { keyhaven }: Version, flags: readonly string[]) => {
    const { address, environment } = placeAt(places, at)
    const running = begin([...keyhaven, 'start', ...flags], { environment })
    services[at] = running
    await until(`service ${at + 1} answers`, () => answers(`${address}/health/ready`)).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${running.output()}`)
      },
    )
    // For a second it leaves one alone that refused: the other must not be stopped meanwhile
    const { host } = new URL(address)
    const isUsed = async (): Promise<boolean> =>
      (await ask(`${issuer}/health/live`))?.headers['x-served-by'] === host
    await until(`nginx uses service ${at + 1}`, isUsed)
  }
  const command: Site['command'] = async ({ keyhaven }, args, input = '') => {
    const { environment } = placeAt(places, 0)
    const done = run([...keyhaven, ...args, '--json'], { environment, input })
    if ((await done.exited) !== 0) throw new Error(done.output())
    return done.output()
  }
  const { email, password } = administrator
  await command(version, ['accounts', 'create', '--email', email, '--role', 'admin'], password)
  await Promise.all(places.map((_place, at) => startService(at, version, [])))

  const apis: { readonly api: GuardedApi; readonly environment: Record<string, string> }[] = []
  const processes: RunningProcess[] = []
  const health = async ({ address }: GuardedApi) =>
    (await ask(`${address}/health`))?.body as
      | { readonly fresh: boolean; readonly log?: string; readonly seq: number }
      | undefined
  const startGuard = async (at: number, { guardedApi }: Version): Promise<void> => {
    const { api, environment } = placeAt(apis, at)
    processes[at] = begin(guardedApi, { environment })
    await until(`${api.name} receives events`, async () => (await health(api))?.fresh === true)
  }
  for (const [at, each] of guards.entries()) {
    const name = `guard-${at}`
    const { key } = JSON.parse(await command(version, ['guards', 'add', name])) as { key: string }
    const port = await freePort()
    // By turns one that hears a service of its own, and one that hears whichever nginx chooses
    const REACH = at % 2 === 0 ? placeAt(places, (at / 2) % 2).address : issuer
    const environment = { ISSUER: issuer, REACH, FEED_KEY: key, PORT: String(port) }
    apis.push({ api: { name, address: `http://127.0.0.1:${port}`, pid: 0 }, environment })
    await startGuard(at, each)
  }
  return {
    issuer,
    database,
    services: places.map(({ address }) => address),
    guards: apis.map(({ api }) => api),
    command,
    replaceService: async (at, to, flags = []) => {
      await services[at]?.stop()
      await startService(at, to, flags)
    },
    stopServices: async () => void (await Promise.all(services.map((one) => one.stop()))),
    refusal: async ({ keyhaven }, flags = []) => {
      const environment = { ...placeAt(places, 0).environment, KEYHAVEN_PORT: '0' }
      const refused = run([...keyhaven, 'start', ...flags], { environment })
      const code = await refused.exited
      return { code: code ?? -1, output: refused.output() }
    },
    replaceGuard: async (at, to) => {
      await processes[at]?.stop()
      await startGuard(at, to)
    },
    converge: async () => {
      const [row] = await rowsIn(
        database,
        "select seq, value as log from revocation_counter, installation where name = 'log'",
      )
      for (const { api } of apis) {
        const has = async (): Promise<boolean> => {
          const state = await health(api)
          return (
            state?.fresh === true && state.log === row?.['log'] && state.seq >= Number(row?.['seq'])
          )
        }
        await until(`${api.name} has ${String(row?.['seq'])} entries`, has)
      }
    },
    output: () => started.map((one) => one.output()).join(''),
    close: async () => {
      await Promise.all(started.map((one) => one.stop('SIGKILL')))
      await nginx.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function placeAt<T>(places: readonly T[], at: number): T {
  const place = places[at]
  if (place === undefined) throw new Error(`there is no number ${at}`)
  return place
}
