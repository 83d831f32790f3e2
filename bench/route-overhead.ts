/** T4: the CPU that a check adds to a route over HTTP, compared with the bare route of the same framework. */
import { load, median, send } from './lib/load.ts'
import type { LoadRequest } from './lib/load.ts'
import { machine, verdict } from './lib/measure.ts'
import { loadOnSecondCore, peer } from './lib/servers.ts'
import type { Server } from './lib/servers.ts'

loadOnSecondCore()
const ROUNDS = 9
const contenders = [
  ['node', 'bare'],
  ['node', 'keyhaven'],
  ['express', 'bare'],
  ['express', 'keyhaven'],
  ['express', 'express-jwt'],
  ['express', 'express-session'],
  ['express', 'better-auth-cache'],
  ['express', 'better-auth'],
] as const

interface Running {
  readonly framework: string
  readonly check: string
  readonly server: Server
  readonly requests: readonly LoadRequest[]
  /** Microseconds of the server's CPU per request, by round. */
  readonly cost: number[]
}

async function started([framework, check]: (typeof contenders)[number]): Promise<Running> {
  const server = await peer('guarded', framework, check)
  const { body } = await send({ url: `${server.address}/credentials` })
  const people = JSON.parse(body) as Record<string, string>[]
  const url = `${server.address}/notes`
  if (check !== 'express-session') {
    return {
      framework,
      check,
      server,
      requests: people.map((headers) => ({ url, headers })),
      cost: [],
    }
  }
  const entered = people.map(async () => {
    const { cookies } = await send({ url: `${server.address}/enter` })
    return { url, headers: { cookie: cookies.join('; ') } }
  })
  return { framework, check, server, requests: await Promise.all(entered), cost: [] }
}

const running: Running[] = []
for (const contender of contenders) running.push(await started(contender))
for (const { check, server } of running) {
  const { status } = await send({ url: `${server.address}/notes` })
  if (status !== (check === 'bare' ? 200 : 401)) throw new Error(`${check} lets strangers in`)
}
for (let round = -2; round < ROUNDS; round++) {
  for (const { server, requests, cost } of running) {
    const before = server.cpu()
    const make = (at: number): LoadRequest => requests[at % requests.length] as LoadRequest
    const { length } = await load(make, { connections: 16, seconds: 1.5 })
    if (round >= 0) cost.push(((server.cpu() - before) * 1000) / length)
  }
}

console.log(`\nT4 microseconds of CPU for a request (${machine()})`)
const bare = (framework: string): number =>
  median(running.find((one) => one.framework === framework)?.cost ?? [])
/** The median of the differences in each round: a slow moment of the machine affects both. */
const added = ({ framework, cost }: Running): number => {
  const alone = running.find((one) => one.framework === framework)?.cost ?? []
  return median(cost.map((one, round) => one - (alone[round] ?? 0)))
}
for (const one of running) {
  const name = `${one.framework}, ${one.check}`
  const more = one.check === 'bare' ? '' : `+${added(one).toFixed(1)}`
  console.log(
    `  ${name.padEnd(34)}${median(one.cost).toFixed(1).padStart(8)} us ${more.padStart(9)}`,
  )
}
for (const framework of ['node', 'express']) {
  const mine = running.filter((one) => one.framework === framework && one.check !== 'bare')
  const ours = mine.find((one) => one.check === 'keyhaven') as Running
  const others = mine.filter((one) => one !== ours)
  verdict({
    target: `T4 ${framework}`,
    ours: added(ours),
    unit: 'us over the bare route',
    goal: 3,
    limit: bare(framework),
    peers: Object.fromEntries(others.map((one) => [one.check, added(one)])),
    holds: added(ours) <= 3,
  })
}
await Promise.all(running.map(({ server }) => server.stop()))
process.exit()
