/** T6, the service's part: the time from a revoking call to the event at every listener, and revocations a second. */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { machine, verdict } from './lib/measure.ts'
import { keyhavenServer, loadOnSecondCore } from './lib/servers.ts'

/** Revocations that are measured for each number of listeners, and milliseconds between two of them. */
const TIMED = 150
const APART = 60

loadOnSecondCore()
const service = await keyhavenServer()
const password = 'correct horse battery'
service.command(['accounts', 'create', '--email', 'root@example.com', '--role', 'admin'], password)
const administrator = await signIn()
const keys = Array.from({ length: 16 }, (_one, at) => {
  const { key } = service.command(['guards', 'add', `guard-${at}`]) as { key: string }
  return key
})

interface Caller {
  readonly jti: string
  readonly headers: Readonly<Record<string, string>>
}

async function signIn(): Promise<Caller> {
  const response = await fetch(`${service.address}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: service.origin },
    body: JSON.stringify({ login: 'root@example.com', password }),
  })
  const { xsrfToken } = (await response.json()) as { xsrfToken: string }
  const pairs = response.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  const payload = pairs.find((pair) => pair.startsWith('keyhaven='))?.split('.')[1] ?? ''
  const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti: string }
  const headers = { cookie: pairs.join('; '), 'x-xsrf-token': xsrfToken, origin: service.origin }
  return { jti, headers }
}

/** Writes one entry, which is durable when this resolves. */
async function revoke(): Promise<void> {
  const { jti, headers } = administrator
  const response = await fetch(`${service.address}/tokens/${jti}`, { method: 'DELETE', headers })
  if (response.status !== 204) throw new Error(`revoking: ${response.status}`)
}

async function listeners(count: number): Promise<ChildProcessWithoutNullStreams> {
  const script = join(import.meta.dirname, 'lib/listeners.ts')
  const child = spawn(process.execPath, [script, service.address, String(count), ...keys])
  child.stderr.pipe(process.stderr)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  if (line !== 'ready') throw new Error('the listeners did not come up')
  return child
}

async function reportOf(
  child: ChildProcessWithoutNullStreams,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
  child.stdin.write('report\n')
  return new Map(JSON.parse((await line)[0]) as [number, number[]][])
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** Milliseconds from each call to each listener's event, sorted. */
async function delays(count: number): Promise<readonly number[]> {
  const child = await listeners(count)
  const began: number[] = []
  const busy = service.cpu()
  for (let one = 0; one < TIMED; one++) {
    began.push(Number(process.hrtime.bigint() / 1000n))
    await revoke()
    await new Promise((resolve) => setTimeout(resolve, APART))
  }
  const spent = service.cpu() - busy
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const arrivals = [...(await reportOf(child))].toSorted(([a], [b]) => a - b)
  if (arrivals.length !== TIMED || arrivals.some(([, times]) => times.length !== count)) {
    throw new Error(`${arrivals.length} of ${TIMED} revocations came to every listener`)
  }
  const all = arrivals.flatMap(([, times], which) =>
    times.map((time) => (time - (began[which] ?? 0)) / 1000),
  )
  const sorted = all.toSorted((a, b) => a - b)
  console.log(
    `  ${String(count).padStart(5)} listeners: median ${at(sorted, 0.5).toFixed(1)} ms, p99 ${at(sorted, 0.99).toFixed(1)} ms, longest ${at(sorted, 1).toFixed(1)} ms; ${(spent / TIMED).toFixed(1)} ms of CPU a revocation; ${service.resident().toFixed(0)} MB`,
  )
  return sorted
}

/** Revocations a second, eight calls at once. */
async function rate(seconds: number): Promise<number> {
  let done = 0
  const end = performance.now() + seconds * 1000
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      await revoke()
      done += 1
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return done / seconds
}

console.log(`\nT6 revoke to event, the service’s part (${machine()})`)
for (const [count, goal] of [
  [1, 50],
  [100, 50],
  [1000, 250],
] as const) {
  const sorted = await delays(count)
  const ours = at(sorted, 0.99)
  const target = `T6 ${count} listeners`
  verdict({ target, ours, unit: 'ms', goal, limit: goal, peers: {}, holds: ours <= goal })
}
console.log(`  revocations a second, durable, eight calls at once: ${(await rate(3)).toFixed(0)}`)
await service.stop()
