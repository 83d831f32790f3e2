/**
 * How long `/user/current` and sign-ins wait while strangers request password resets as fast as the service answers,
 * on both engines. Half of the addresses have an account.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import { load, median, percentile, send } from './lib/load.ts'
import type { LoadRequest } from './lib/load.ts'
import { machine } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore } from './lib/servers.ts'
import type { Keyhaven } from './lib/servers.ts'

const ROUNDS = 7
const SECONDS = 3
/** Requests in flight of the flood. */
const CONNECTIONS = 16
const PEOPLE = 60
const password = 'correct horse battery'

/** Each request has a network of its own, so that no limit ends the flood. */
let requests = 0
const from = ({ origin }: Keyhaven): Record<string, string> => {
  const at = requests++
  return { origin, 'x-forwarded-for': `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}` }
}

const person = (at: number): string => `person${at % PEOPLE}@example.com`

/** Repeats a call until the work is over. Returns the milliseconds of each. */
async function during(
  work: Promise<unknown>,
  { make, status }: { readonly make: () => LoadRequest; readonly status: number },
): Promise<number[]> {
  let over = false
  void work.finally(() => (over = true))
  const seen: number[] = []
  while (!over) {
    const answer = await send(make())
    if (answer.status !== status) throw new Error(`${answer.status}: ${answer.body}`)
    seen.push(answer.milliseconds)
    await sleep(10)
  }
  return seen
}

async function measure(
  engine: string,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const server = await keyhavenServer({ environment })
  let cookie = ''
  for (let at = 0; at < PEOPLE; at++) {
    const body = { email: person(at), password }
    const url = `${server.address}/accounts`
    const answer = await send({ method: 'POST', url, headers: from(server), body })
    if (answer.status !== 201) throw new Error(answer.body)
    cookie = answer.cookies.join('; ')
  }
  const current = {
    make: () => ({
      url: `${server.address}/user/current`,
      headers: { cookie, origin: server.origin },
    }),
    status: 200,
  }
  let signIns = 0
  const signIn = {
    make: () => ({
      method: 'POST',
      url: `${server.address}/sessions`,
      headers: from(server),
      body: { login: person(signIns++), password },
    }),
    status: 201,
  }
  const reset = (at: number): LoadRequest => ({
    method: 'POST',
    url: `${server.address}/password-resets`,
    headers: from(server),
    body: { email: at % 2 === 0 ? person(at / 2) : `stranger${at}@example.com` },
  })
  const waits = { idle: { current: [], signIn: [] }, storm: { current: [], signIn: [] } } as Record<
    'idle' | 'storm',
    Record<'current' | 'signIn', number[]>
  >
  const perSecond: number[] = []
  for (let round = -1; round < ROUNDS; round++) {
    for (const state of ['idle', 'storm'] as const) {
      const work =
        state === 'idle'
          ? sleep(SECONDS * 1000)
          : load(reset, { connections: CONNECTIONS, seconds: SECONDS, status: 202 })
      const both = await Promise.all([during(work, current), during(work, signIn)])
      if (round < 0) continue
      waits[state].current.push(percentile(both[0], 0.99))
      waits[state].signIn.push(percentile(both[1], 0.99))
      if (state === 'storm') perSecond.push(((await work) as unknown[]).length / SECONDS)
    }
  }
  await server.stop()
  console.log(`  ${engine}: ${median(perSecond).toFixed(0)} requests for a reset a second`)
  for (const [title, call] of [
    ['/user/current', 'current'],
    ['sign-in', 'signIn'],
  ] as const) {
    const { idle, storm } = { idle: waits.idle[call], storm: waits.storm[call] }
    const spread = `${Math.min(...storm).toFixed(0)} to ${Math.max(...storm).toFixed(0)}`
    console.log(
      `    ${title.padEnd(14)} p99 ${median(idle).toFixed(1).padStart(6)} ms without them, ${median(storm).toFixed(1).padStart(6)} ms meanwhile (${spread})`,
    )
  }
}

console.log(`\nA flood of requests for password resets, the service on one core (${machine()})`)
loadOnSecondCore()
await measure('SQLite', {})
const postgres = await startPostgres({ durable: true })
await measure('PostgreSQL', { KEYHAVEN_DATABASE: postgres.url('postgres') })
postgres.close()
process.exit()
