/**
 * Compares two versions: `node --conditions=keyhaven-source bench/versions.ts FOLDER`. FOLDER is a checkout of
 * the other version with installed and built packages. In seven rounds the versions take turns at going first,
 * so that a slow moment of the machine, or memory that one version leaves behind, affects both. A version is
 * worse only if its figure is outside the spread of the other.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { join, resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { load, median, send } from './lib/load.ts'
import type { LoadRequest } from './lib/load.ts'
import { machine } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore } from './lib/servers.ts'
import type { Keyhaven } from './lib/servers.ts'
import { claimsNumber, issuer } from './lib/tokens.ts'

const ROUNDS = 7
const WARM_UP = 2
const [folder] = process.argv.slice(2).filter((one) => !one.startsWith('--'))
if (folder === undefined) throw new Error('Name the folder of the other version.')
const checkouts = { before: resolve(folder), now: join(import.meta.dirname, '..') }
const names = ['before', 'now'] as const
type Version = (typeof names)[number]

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** One figure of a version in one round. */
type Measure = (version: Version) => number | Promise<number>

async function compare(title: string, unit: string, measure: Measure): Promise<void> {
  const seen: Record<Version, number[]> = { before: [], now: [] }
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const version of round % 2 === 0 ? names : names.toReversed()) {
      collectGarbage()
      const figure = await measure(version)
      if (round >= 0) seen[version].push(figure)
    }
  }
  const columns = names.map((version) => {
    const all = seen[version]
    const spread = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`
    return `${version} ${median(all).toFixed(2)} (${spread})`
  })
  console.log(`  ${title.padEnd(42)} ${columns.join('   ')} ${unit}`)
}

console.log(`two versions, ${ROUNDS} rounds in turn (${machine()})`)

/** The guard of a version in this process, with tokens of its own. */
async function guardOf(version: Version, live: number, unsafe: boolean) {
  const entryPoint = (path: string) =>
    import(join(checkouts[version], `packages/${path}.js`)) as Promise<unknown>
  const core = (await entryPoint('core/dist/index')) as typeof import('@keyhaven/core')
  // A version from before the kit exports the same names from its main entry point
  const kit = existsSync(join(checkouts[version], 'packages/guard/dist/kit.js')) ? 'kit' : 'index'
  const guards = (await entryPoint(`guard/dist/${kit}`)) as typeof import('@keyhaven/guard/kit')
  const access = { scopes: ['notes:read'], roles: {}, defaultRoles: [], rules: {} }
  const key = core.generateSigningKey('ES256')
  const keys = core.createKeySet(core.publicJwks([key]))
  const url = new URL(issuer)
  const cookies = guards.cookieNames(url)
  const page = 'a-token-of-the-page-that-is-as-long-as-ours'
  const xsrf = createHash('sha256').update(page).digest('base64url')
  const fresh = () =>
    guards.guardOver(
      {
        issuer,
        audience: [url.origin],
        access,
        known: () => ({ cookies, origins: { own: [url.origin], development: false }, keys }),
        mayRefetch: () => false,
        revocations: guards.createRevocations(),
        now: () => Math.floor(Date.now() / 1000),
        development: false,
      },
      () => {},
    )
  const offered = Array.from({ length: live }, (_, at) => {
    const token = core.issueAccessToken({ ...claimsNumber(at), xsrf }, key)
    return `theme=dark; ${cookies.access}=${token}; ${cookies.session}=${'s'.repeat(43)}`
  })
  const rest = {
    host: url.host,
    'sec-fetch-site': 'same-origin',
    ...(unsafe && { origin: url.origin, 'x-xsrf-token': page }),
  }
  const request = (at: number) => {
    const cookie = Buffer.from(offered[(at * 7919) % live] ?? '', 'latin1').toString('latin1')
    const rawHeaders = Object.entries(rest).flat().concat('cookie', cookie)
    const method = unsafe ? 'POST' : 'GET'
    return guards.guardRequest(
      { headers: { ...rest, cookie }, rawHeaders },
      { method, url: '/api/notes' },
    )
  }
  let guard = fresh()
  return {
    again: () => {
      guard = fresh()
    },
    time: (calls: number): number => {
      const requests = Array.from({ length: calls }, (_, at) => request(at))
      const began = process.hrtime.bigint()
      for (const one of requests) if (!guard.decide(one).ok) throw new Error('refused')
      return Number(process.hrtime.bigint() - began) / 1000 / calls
    },
  }
}

for (const [title, live, unsafe] of [
  ['T1 GET, 1,000 live tokens', 1000, false],
  ['T1 POST, 1,000 live tokens', 1000, true],
  ['T1 GET, 100,000 live tokens', 100_000, false],
] as const) {
  const guards = {
    before: await guardOf('before', live, unsafe),
    now: await guardOf('now', live, unsafe),
  }
  for (const version of names) guards[version].time(live)
  await compare(title, 'us', (version) => guards[version].time(Math.max(live, 20_000)))
}
const first = { before: await guardOf('before', 400, false), now: await guardOf('now', 400, false) }
await compare('T2 first sight of a token, ES256', 'us', (version) => {
  first[version].again()
  return first[version].time(400)
})

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
