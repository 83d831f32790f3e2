/** T8: sign-ins, compared with the raw hash rate of the same core, and how long other calls wait meanwhile. */
import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { load, median, percentile, send } from './lib/load.ts'
import type { LoadRequest } from './lib/load.ts'
import { machine, verdict } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore, pinned } from './lib/servers.ts'

loadOnSecondCore()
const ROUNDS = 7
const SECONDS = 3
const password = 'correct horse battery'
const server = await keyhavenServer()
const headers = { origin: server.origin }
const logins = Array.from({ length: 60 }, (_, at) => `person${at}@example.com`)
let cookie = ''
for (const email of [...logins, 'present@example.com']) {
  const body = { email, password }
  const answer = await send({ method: 'POST', url: `${server.address}/accounts`, headers, body })
  if (answer.status !== 201) throw new Error(answer.body)
  cookie = answer.cookies.join('; ')
}
const signIn = (at: number): LoadRequest => ({
  method: 'POST',
  url: `${server.address}/sessions`,
  // Each request has an address of its own, and each account stays below its limits
  headers: { ...headers, 'x-forwarded-for': `10.0.${(at >> 8) & 255}.${at & 255}` },
  body: { login: logins[at % logins.length], password },
})
const current: LoadRequest = {
  url: `${server.address}/user/current`,
  headers: { cookie, origin: server.origin },
}

/** Hashes a second of a core without other work. */
function rawRate(): number {
  const script = `
    const { verifySync, hashSync } = await import('@node-rs/argon2')
    const parameters = { memoryCost: 19456, timeCost: 2, parallelism: 1 }
    const hash = hashSync('${password}', parameters)
    const end = performance.now() + ${SECONDS * 1000}
    const began = performance.now()
    let count = 0
    for (; performance.now() < end; count++) verifySync(hash, '${password}')
    console.log((count * 1000) / (performance.now() - began))`
  const { stdout } = spawnSync(...pinned(['--input-type=module', '-e', script]), {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  return Number(stdout)
}

/** How long \`/user/current\` takes while \`busy\` runs. */
async function waits(busy: Promise<unknown>): Promise<number[]> {
  let over = false
  void busy.finally(() => (over = true))
  const seen: number[] = []
  while (!over) {
    const { status, milliseconds } = await send(current)
    if (status !== 200) throw new Error(`/user/current answered ${status}`)
    seen.push(milliseconds)
    await sleep(20)
  }
  return seen
}

const raw: number[] = []
const signIns: number[] = []
const middle: number[] = []
const slowest: number[] = []
const idle: number[] = []
const busy: number[] = []
for (let round = -1; round < ROUNDS; round++) {
  const hashes = rawRate()
  const quiet = await waits(sleep(1500))
  const work = load(signIn, { connections: 8, seconds: SECONDS, status: 201 })
  const meanwhile = await waits(work)
  const times = (await work).map(({ milliseconds }) => milliseconds)
  if (round < 0) continue
  raw.push(hashes)
  signIns.push(times.length / SECONDS)
  middle.push(median(times))
  slowest.push(percentile(times, 0.99))
  idle.push(percentile(quiet, 0.99))
  busy.push(percentile(meanwhile, 0.99))
}
await server.stop()

const [hashes, perSecond] = [median(raw), median(signIns)]
console.log(`\nT8 sign-ins on one core (${machine()})`)
console.log(`  raw argon2id               ${hashes.toFixed(1)} a second`)
console.log(`  sign-ins over HTTP         ${perSecond.toFixed(1)} a second`)
console.log(
  `  a sign-in, eight at once   ${median(middle).toFixed(0)} ms, p99 ${median(slowest).toFixed(0)} ms`,
)
console.log(`  /user/current, p99, idle   ${median(idle).toFixed(1)} ms`)
console.log(`  /user/current, p99, busy   ${median(busy).toFixed(1)} ms`)
verdict({
  target: 'T8 rate',
  ours: (perSecond / hashes) * 100,
  unit: '% of the raw rate',
  goal: 82,
  limit: 100,
  peers: {},
  holds: perSecond / hashes >= 0.82,
})
const bound = Math.min(8, 3 * median(idle))
verdict({
  target: 'T8 p99 meanwhile',
  ours: median(busy),
  unit: 'ms',
  goal: bound,
  limit: median(idle),
  peers: {},
  holds: median(busy) <= bound,
})
process.exit()
