/**
 * T11, of the packages as they are installed from tarballs: the time from the command to the first answer, the memory
 * at rest, and the size of an installation.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { installPackages } from './lib/installed.ts'
import { median } from './lib/load.ts'
import { machine, verdict } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore, peer } from './lib/servers.ts'
import type { Server } from './lib/servers.ts'

loadOnSecondCore()
const installed = installPackages()
const { script } = installed
const ROUNDS = 9
const data = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
// The database keeps the URL of its first start, whatever port a later one has
const environment = { KEYHAVEN_URL: 'http://localhost:4000/auth' }
const present = (): Promise<Server> => keyhavenServer({ script, data, environment })
await (await present()).stop()
const contenders: { name: string; start: () => Promise<Server>; path: string }[] = [
  { name: 'bare node:http', start: () => peer('bare'), path: '' },
  {
    name: 'keyhaven start, its database present',
    start: present,
    path: '/health/ready',
  },
  {
    name: 'keyhaven start, new database',
    start: () => keyhavenServer({ script }),
    path: '/health/ready',
  },
  { name: 'better-auth, SQLite', start: () => peer('better-auth'), path: '/api/auth/ok' },
]
const figures = contenders.map(({ name }) => ({
  name,
  start: [] as number[],
  cpu: [] as number[],
  rest: [] as number[],
}))
for (let round = 0; round < ROUNDS; round++) {
  for (const [at, { start, path }] of contenders.entries()) {
    const began = performance.now()
    const server = await start()
    const answer = await fetch(server.address + path)
    const milliseconds = performance.now() - began
    if (answer.status !== 200 && path !== '') throw new Error(`${path} answered ${answer.status}`)
    await answer.arrayBuffer()
    figures[at]?.start.push(milliseconds)
    figures[at]?.cpu.push(server.cpu())
    await sleep(2000)
    figures[at]?.rest.push(server.resident())
    await server.stop()
  }
}
console.log(`\nT11 start and rest, on one core (${machine()})`)
for (const { name, start, cpu, rest } of figures) {
  console.log(
    `  ${name.padEnd(36)} first answer ${median(start).toFixed(0).padStart(4)} ms   CPU ${median(cpu).toFixed(0).padStart(4)} ms   resident ${median(rest).toFixed(0).padStart(4)} MB`,
  )
}
console.log(
  `  installed: ${installed.packages} packages, ${installed.megabytes.toFixed(0)} MB (npm install of the tarballs)`,
)
installed.remove()
rmSync(data, { recursive: true })
const ours = figures[1]
const bare = figures[0]
const theirs = figures[3]
for (const [target, of, goal, unit] of [
  ['T11 start', 'start', 250, 'ms'],
  ['T11 rest', 'rest', 80, 'MB'],
] as const) {
  const value = median(ours?.[of] ?? [])
  const peers = { 'better-auth': median(theirs?.[of] ?? []) }
  const limit = median(bare?.[of] ?? [])
  verdict({ target, ours: value, unit, goal, limit, peers, holds: value <= goal })
}
process.exit()
