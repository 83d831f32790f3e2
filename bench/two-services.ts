/**
 * Two services compared with one, on one PostgreSQL with durable commits: sign-ins and `/user/current` a
 * second, and the CPU of each part per call, because two cores are not enough for all parts.
 */
import { randomBytes } from 'node:crypto'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import { load, median, send } from './lib/load.ts'
import type { LoadRequest } from './lib/load.ts'
import { machine } from './lib/measure.ts'
import { postgresLoad } from './lib/postgres-load.ts'
import { keyhavenServer, loadOnEveryCore } from './lib/servers.ts'
import type { Keyhaven } from './lib/servers.ts'

const ROUNDS = 7
const SECONDS = 3
/** Requests in flight at each service. */
const CONNECTIONS = 16
const password = 'correct horse battery'

// Every service has a core; PostgreSQL and the load use the time that is left
loadOnEveryCore()
const postgres = await startPostgres({ durable: true })
const database = postgres.url('postgres')
const environment = {
  KEYHAVEN_DATABASE: database,
  KEYHAVEN_MASTER_KEY: randomBytes(32).toString('base64url'),
}
const first = await keyhavenServer({ environment })
const KEYHAVEN_URL = `${first.origin}/auth`
const second = await keyhavenServer({ core: 1, environment: { ...environment, KEYHAVEN_URL } })

const logins = Array.from({ length: 120 }, (_, at) => `person${at}@example.com`)
/** Each request has an address of its own, and each account stays below its limits. */
const from = (at: number): Record<string, string> => ({
  origin: first.origin,
  'x-forwarded-for': `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`,
})
const cookies: string[] = []
for (const [at, email] of logins.entries()) {
  const url = `${first.address}/accounts`
  const body = { email, password }
  const answer = await send({ method: 'POST', url, headers: from(at), body })
  if (answer.status !== 201) throw new Error(answer.body)
  cookies.push(answer.cookies.join('; '))
}

interface Call {
  readonly name: string
  readonly status: number
  readonly request: (address: string, at: number) => LoadRequest
}

let signIns = 0
const calls: readonly Call[] = [
  {
    name: 'sign-in',
    status: 201,
    request: (address) => ({
      method: 'POST',
      url: `${address}/sessions`,
      headers: from(signIns),
      body: { login: logins[signIns++ % logins.length], password },
    }),
  },
  {
    name: 'GET /user/current',
    status: 200,
    request: (address, at) => ({
      url: `${address}/user/current`,
      headers: { ...from(at), cookie: cookies[at % cookies.length] },
    }),
  },
]

/** Calls a second, and milliseconds of CPU per call. */
interface Round {
  readonly perSecond: number
  readonly services: number
  readonly postgres: number
  readonly load: number
}

async function round({ status, request }: Call, services: readonly Keyhaven[]): Promise<Round> {
  const cpu = (): number => services.reduce((sum, service) => sum + service.cpu(), 0)
  const own = process.cpuUsage()
  const before = cpu()
  const make = (at: number): LoadRequest =>
    request(services[at % services.length]?.address ?? '', at)
  const connections = CONNECTIONS * services.length
  const [answers, busy] = await Promise.all([
    load(make, { connections, seconds: SECONDS, status }),
    postgresLoad(database, SECONDS),
  ])
  const { user, system } = process.cpuUsage(own)
  return {
    perSecond: answers.length / SECONDS,
    services: (cpu() - before) / answers.length,
    postgres: (busy.cores * SECONDS * 1000) / answers.length,
    load: (user + system) / 1000 / answers.length,
  }
}

console.log(`\nTwo services against one (${machine()}); milliseconds of CPU for a call`)
for (const call of calls) {
  const one: Round[] = []
  const two: Round[] = []
  for (let at = -1; at < ROUNDS; at++) {
    const alone = await round(call, [first])
    const both = await round(call, [first, second])
    if (at < 0) continue
    one.push(alone)
    two.push(both)
  }
  console.log(`  ${call.name}`)
  for (const [name, rounds] of Object.entries({ one, two })) {
    const of = (part: keyof Round): number => median(rounds.map((each) => each[part]))
    console.log(
      `    ${name}  ${of('perSecond').toFixed(0).padStart(6)} a second; service ${of('services').toFixed(2)}, PostgreSQL ${of('postgres').toFixed(2)}, load ${of('load').toFixed(2)} ms`,
    )
  }
  const ratios = two.map(({ perSecond }, at) => perSecond / (one[at]?.perSecond ?? 0))
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)]
  console.log(
    `    two against one ${median(ratios).toFixed(2)}x (${least.toFixed(2)} to ${most.toFixed(2)})`,
  )
}
await Promise.all([first.stop(), second.stop()])
postgres.close()
process.exit()
