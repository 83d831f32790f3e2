/**
 * Compares two versions: `node --conditions=keyhaven-source bench/versions.ts FOLDER`. FOLDER is a checkout of
 * the other version with installed and built packages. In seven rounds the versions take turns at going first,
 * so that a slow moment of the machine, or memory that one version leaves behind, affects both. A version is
 * worse only if its figure is outside the spread of the other.
 */
import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { join, resolve } from 'node:path'
import { load, median, send } from './lib/load.ts'
import type { LoadRequest } from './lib/load.ts'
import { machine } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore } from './lib/servers.ts'
import type { Keyhaven } from './lib/servers.ts'

const ROUNDS = 7
const WARM_UP = 2
const [folder] = process.argv.slice(2).filter((one) => !one.startsWith('--'))
if (folder === undefined) throw new Error('Name the folder of the other version.')
const checkouts = { before: resolve(folder), now: join(import.meta.dirname, '..') }
const names = ['before', 'now'] as const
type Version = (typeof names)[number]

/** The versions take turns at going first. */
const inTurn = (round: number) => (round % 2 === 0 ? names : names.toReversed())

/** One figure of a version in one round. */
type Measure = (version: Version) => number | Promise<number>

async function compare(title: string, unit: string, measure: Measure): Promise<void> {
  const seen: Record<Version, number[]> = { before: [], now: [] }
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const version of inTurn(round)) {
      const figure = await measure(version)
      if (round >= 0) seen[version].push(figure)
    }
  }
  print(title, unit, seen)
}

function print(title: string, unit: string, seen: Record<Version, number[]>): void {
  const columns = names.map((version) => {
    const all = seen[version]
    const spread = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`
    return `${version} ${median(all).toFixed(2)} (${spread})`
  })
  console.log(`  ${title.padEnd(42)} ${columns.join('   ')} ${unit}`)
}

console.log(`two versions, ${ROUNDS} rounds in turn (${machine()})`)

/** Microseconds of the guard of a version, measured in a process of its own. */
function guardFigures(version: Version): Readonly<Record<string, number>> {
  const script = join(import.meta.dirname, 'lib/guard-of-version.ts')
  const args = ['--conditions=keyhaven-source', script, checkouts[version]]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Record<string, number>
}

const guards = {
  before: [] as ReturnType<typeof guardFigures>[],
  now: [] as ReturnType<typeof guardFigures>[],
}
for (let round = 0; round < ROUNDS; round++) {
  for (const version of inTurn(round)) guards[version].push(guardFigures(version))
}
for (const [member, title] of [
  ['get', 'T1 GET, 1,000 live tokens'],
  ['post', 'T1 POST, 1,000 live tokens'],
  ['many', 'T1 GET, 100,000 live tokens'],
  ['first', 'T2 first sight of a token, ES256, cold'],
] as const) {
  const of = (version: Version) => guards[version].map((one) => one[member] ?? 0)
  print(title, 'us', { before: of('before'), now: of('now') })
}

loadOnSecondCore()
const password = 'correct horse battery'

async function served(version: Version): Promise<{ server: Keyhaven; current: LoadRequest }> {
  const server = await keyhavenServer({ checkout: checkouts[version] })
  const headers = { origin: server.origin }
  const body = { email: 'present@example.com', password }
  const { cookies } = await send({
    method: 'POST',
    url: `${server.address}/accounts`,
    headers,
    body,
  })
  const current = {
    url: `${server.address}/user/current`,
    headers: { cookie: cookies.join('; '), ...headers },
  }
  return { server, current }
}
const servers = { before: await served('before'), now: await served('now') }
await compare('T9 GET /user/current, a CPU second', 'requests', async (version) => {
  const { server, current } = servers[version]
  const before = server.cpu()
  const { length } = await load(() => current, { connections: 16, seconds: 1.5 })
  return (length * 1000) / (server.cpu() - before)
})
for (const version of names) await servers[version].server.stop()
const rest: Record<Version, number[]> = { before: [], now: [] }
await compare('T11 from the command to the first answer', 'ms', async (version) => {
  const began = performance.now()
  const server = await keyhavenServer({ checkout: checkouts[version] })
  await (await fetch(`${server.address}/health/ready`)).arrayBuffer()
  const milliseconds = performance.now() - began
  await sleep(1500)
  rest[version].push(server.resident())
  await server.stop()
  return milliseconds
})
for (const version of names) {
  console.log(`  T11 resident, ${version}: ${median(rest[version]).toFixed(0)} MB`)
}
