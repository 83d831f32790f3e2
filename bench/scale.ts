/**
 * Scaling: unit costs of the real parts, measured here, and the totals computed from them for 10,000 guards,
 * 1,000 revocations a second and 100 services.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import express from 'express'
import { Client } from 'pg'
import { manySessions } from '@keyhaven/stage/databases/many-sessions'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import { fanOut, writeEntries } from './lib/fan-out.ts'
import type { FanOut } from './lib/fan-out.ts'
import { machine } from './lib/measure.ts'
import { postgresLoad } from './lib/postgres-load.ts'
import type { PostgresLoad } from './lib/postgres-load.ts'
import { freePort } from './lib/servers.ts'

const WANTED = { guards: 10_000, services: 100, revocations: 1000 }
/** Seconds that an entry is held: the rest of a token's life and a minute, at least ten minutes. */
const HELD_FOR = 660
const SECONDS = 8
/** Reads of the log a second by one service at most, however many revocations other processes write. */
const READS_A_SECOND = 40
/** Reports a second by a guard with constant events. */
const REPORTS_A_SECOND = 2
/** Reports a second, and entries of the snapshot, that are measured. */
const REPORTS = 200
const SNAPSHOT = 100_000

const print = (line: string): void => void process.stdout.write(`${line}\n`)
print(`\nHow it grows (${machine()})`)

const postgres = await startPostgres({ durable: true })
const database = postgres.url('postgres')
const data = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
const services: Keyhaven[] = []
const port = await freePort()
const open = async (): Promise<void> => {
  const environment = { KEYHAVEN_URL: `http://localhost:${port}/auth` }
  services.push(
    await createKeyhaven({ data, database, folder: data, environment, announce: () => {} }),
  )
}

/** Calls `work` at a rate per second while the load of PostgreSQL is measured. */
async function during(rate: number, work: (at: number) => Promise<unknown>): Promise<PostgresLoad> {
  const began = performance.now()
  let over = false
  const all: Promise<unknown>[] = []
  const pace = (async (): Promise<void> => {
    while (!over) {
      while (all.length < ((performance.now() - began) / 1000) * rate) all.push(work(all.length))
      await sleep(2)
    }
  })()
  await sleep(1500)
  const load = await postgresLoad(database, SECONDS)
  over = true
  await pace
  await Promise.all(all)
  return load
}

const shown = (what: string, { transactions, cores }: PostgresLoad): void =>
  print(
    `  ${what}: ${transactions.toFixed(0)} transactions a second, ${(cores * 100).toFixed(0)} % of a core`,
  )

await open()
const [service] = services as [Keyhaven]
express().use(service.express()).listen(port)
const fan = await fanOut({ service, database }, [1, 100])
const [alone, many] = fan as [FanOut, FanOut]
print('\nThe feed, 100 listeners of one service')
for (const { batch, write, apply } of [alone, many]) {
  print(
    `  ${String(batch).padStart(4)} at once: ${write.toFixed(1)} us a listener; ${apply.toFixed(1)} us each at a guard`,
  )
}

print('\nPostgreSQL, by the load of the services')
const RATE = READS_A_SECOND / 2
const idle: PostgresLoad[] = []
const busy: PostgresLoad[] = []
for (const count of [1, 2, 4]) {
  while (services.length < count) await open()
  await sleep(1500)
  const rest = await postgresLoad(database, SECONDS)
  const sessions = await manySessions(database, RATE * (SECONDS + 20))
  const loaded = await during(RATE, async (at) => {
    await services[at % count]?.sessions.end(sessions[at] ?? '')
  })
  shown(`${count} at rest`, rest)
  shown(`${count} and ${RATE} revocations a second`, loaded)
  idle.push(rest)
  busy.push(loaded)
}
const { issuer, handler, guards } = service
const key = await guards.add('scale')
const headers = { authorization: `Bearer ${key}` }
const post = (body: object): Promise<Response> =>
  handler(
    new Request(`${issuer}/revocations/applied`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...headers, 'content-type': 'application/json' },
    }),
  )

interface Taken {
  readonly log: string
  readonly entries: number
  /** Bytes of an entry. */
  readonly size: number
}

/** Reads the events that the service sends until a guard is current: a snapshot, or the entries after `last`. */
async function take(last?: string): Promise<Taken> {
  const sent = { ...headers, accept: 'text/event-stream', ...(last && { 'last-event-id': last }) }
  const { body } = await handler(new Request(`${issuer}/revocations`, { headers: sent }))
  let [bytes, entries, text] = [0, 0, '']
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length
    text = text.slice(-6) + Buffer.from(piece).toString('latin1')
    entries += text.split('"kind":').length - 1
    if (text.includes('event: heartbeat')) break
  }
  return { log: /"log":"([\w-]+)"/.exec(text)?.[1] ?? '', entries, size: bytes / entries }
}

const { log } = await take()
const reports = await during(REPORTS, () => post({ log, seq: 1 }))
shown(`4 and ${REPORTS} reports of guards a second`, reports)
const client = new Client(database)
await client.connect()
const first = (await writeEntries(client, 1)) - 1
for (let written = 0; written < SNAPSHOT; written += 10_000) await writeEntries(client, 10_000)
await client.end()
await sleep(2000)
const event = await take(`${log}:${first}`)
const before = process.cpuUsage()
const whole = await take()
const spent = process.cpuUsage(before)
const eachCold = (spent.user + spent.system) / whole.entries
print(
  `  a snapshot of ${whole.entries} entries: ${whole.size.toFixed(0)} bytes and ${eachCold.toFixed(1)} us of the service's CPU each`,
)
print(`  an entry as an event: ${event.size.toFixed(0)} bytes`)

const last = <T>(many: readonly T[]): T => many.at(-1) as T
/** The load of one idle service, and the further load of PostgreSQL for each revocation and reading service. */
const rest = last(idle).cores / 4
const slopes = busy.map((load, at) => (load.cores - (idle[at]?.cores ?? 0)) / RATE)
const own = slopes[0] ?? 0
const perReader = Math.max(0, (last(slopes) - own) / 3)
const perReport = (reports.cores - last(idle).cores) / REPORTS

function arithmetic({ guards: all, services: count, revocations }: typeof WANTED): void {
  const each = all / count
  const held = revocations * HELD_FOR
  const reads = Math.min(revocations, READS_A_SECOND)
  // The cost of a larger batch, interpolated from the two that were measured
  const more = (many.write - alone.write) / (many.batch - alone.batch)
  const write = alone.write + more * (revocations / reads - 1)
  const bits = (revocations * event.size * 8) / 1e6
  const posts = all * REPORTS_A_SECOND
  const lines: readonly (readonly [string, number, string])[] = [
    ['a guard: its feed', bits, 'Mbit/s'],
    ['a guard: reading it', (revocations * many.apply) / 1e4, '% of a core'],
    ['a guard: its copy', (held * 25) / 1e6, 'MB'],
    ['a cold guard: its snapshot', (held * whole.size) / 1e6, 'MB'],
    ['a service: its guards’ feeds', bits * each, 'Mbit/s'],
    ['a service: writing them', (reads * write * each) / 1e4, '% of a core'],
    ['a service: a cold guard', (held * eachCold) / 1e6, 's of CPU'],
    ['PostgreSQL: services at rest', count * rest * 100, '% of a core'],
    ['PostgreSQL: revocations', revocations * own * 100, '% of a core'],
    ['PostgreSQL: all services read them', reads * perReader * (count - 1) * 100, '% of a core'],
    ['PostgreSQL: reports of guards', posts * perReport * 100, '% of a core'],
    ['PostgreSQL: connections', count * 21, 'at most'],
  ]
  print(`\n${all} guards, ${revocations} revocations a second, ${count} services`)
  for (const [what, amount, unit] of lines) {
    print(`  ${what.padEnd(40)}${amount.toFixed(amount < 10 ? 1 : 0).padStart(9)} ${unit}`)
  }
}

arithmetic(WANTED)
arithmetic({ ...WANTED, services: 25 })
arithmetic({ guards: 1000, revocations: 100, services: 4 })
for (const one of services) await one.close()
postgres.close()
rmSync(data, { recursive: true })
process.exit()
