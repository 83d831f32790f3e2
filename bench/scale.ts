/**
 * How it grows: unit costs of the real parts, measured here, and what they come to with 10,000 guards,
 * 1,000 revocations a second and 100 services.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRevocations } from '@keyhaven/guard'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import { Client } from 'pg'
import { createEventParser } from '../packages/guard/src/lib/feed/event-parser.ts'
import { messageOf } from '../packages/guard/src/lib/feed/message.ts'
import { eventText } from '../packages/server/src/feed/sink.ts'
import { manySessions } from '../tests/stage/many-sessions.ts'
import { startPostgres } from '../tests/stage/postgres.ts'
import { entries } from './entries.ts'
import { fanOut } from './fan-out.ts'
import type { FanOut } from './fan-out.ts'
import { machine } from './measure.ts'
import { postgresLoad } from './postgres-load.ts'
import type { PostgresLoad } from './postgres-load.ts'

const WANTED = { guards: 10_000, services: 100, revocations: 1000 }
/** Seconds that an entry is held: the rest of a token's life and a minute, ten minutes at least. */
const HELD_FOR = 660
const SECONDS = 8
/** However many revocations others tell of, a service reads them together, so often in a second. */
const READS_A_SECOND = 40
/** A guard that applies something all the time reports so often. */
const REPORTS_A_SECOND = 2
/** Reports a second that are tried, and entries of the snapshot that is. */
const REPORTS = 200
const SNAPSHOT = 100_000

const print = (line: string): void => void process.stdout.write(`${line}\n`)
print(`\nHow it grows (${machine()})`)

/** Microseconds of CPU for one event: read from the wire, checked, and put into the copy. */
function guardCost(): number {
  const copy = createRevocations()
  const count = 100_000
  const texts = entries(count, 0).map((entry) => eventText('revoke', entry, `log:${entry.seq}`))
  const pieces: string[] = []
  for (let at = 0; at < count; at += 100) pieces.push(texts.slice(at, at + 100).join(''))
  const parse = createEventParser((event) => {
    const message = messageOf(event)
    if (message?.kind === 'revoke') copy.add(message.entry)
  })
  const before = process.cpuUsage()
  for (const piece of pieces) parse(piece)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

const perEvent = guardCost()
const [alone, tenth] = await fanOut(100, [1, 100], 200)
if (alone === undefined || tenth === undefined) throw new Error('nothing was measured')
print('\nThe feed, 100 listeners of one service')
for (const { batch, bytes, encode, write } of [alone, tenth]) {
  print(
    `  ${String(batch).padStart(4)} at once: ${bytes.toFixed(0)} bytes, ${encode.toFixed(0)} us to make, ${write.toFixed(1)} us a listener`,
  )
}
print(`  at a guard: ${perEvent.toFixed(1)} us an event, read, checked and applied`)

const postgres = await startPostgres({ durable: true })
const database = postgres.url('postgres')
const data = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
const services: Keyhaven[] = []
const open = async (): Promise<void> => {
  const environment = { KEYHAVEN_URL: 'http://localhost:1/auth' }
  services.push(
    await createKeyhaven({ data, database, folder: data, environment, announce: () => {} }),
  )
}

/** Calls work so many times a second while PostgreSQL is watched. */
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

print('\nPostgreSQL, by what services ask of it')
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
const { issuer, handler, guards } = services[0] as Keyhaven
const key = await guards.add('scale')
const ask = (path: string, body?: object): Promise<Response> =>
  handler(
    new Request(issuer + path, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${key}`,
        ...(body ? { 'content-type': 'application/json' } : { accept: 'text/event-stream' }),
      },
    }),
  )

/** What a cold guard is sent before it is current. */
async function snapshot(): Promise<{ log: string; entries: number; bytes: number }> {
  const body = (await ask('/revocations')).body as AsyncIterable<Uint8Array> | null
  let [bytes, entries, text] = [0, 0, '']
  for await (const piece of body ?? []) {
    bytes += piece.length
    text = text.slice(-40) + Buffer.from(piece).toString('latin1')
    entries += text.split('"kind":').length - 1
    if (text.includes('event: heartbeat')) break
  }
  return { log: /"log":"([\w-]+)"/.exec(text)?.[1] ?? '', entries, bytes }
}

const { log } = await snapshot()
const reports = await during(REPORTS, () => ask('/revocations/applied', { log, seq: 1 }))
shown(`4 and ${REPORTS} reports of guards a second`, reports)
const client = new Client(database)
await client.connect()
await client.query(
  `insert into revocations (seq, kind, id, code, until)
   select c.seq + n, 'sid', 'ses_' || gen_random_uuid(), 'session_ended', $1
   from revocation_counter c, generate_series(1, ${SNAPSHOT}) n`,
  [Date.now() + 3_600_000],
)
await client.query(`update revocation_counter set seq = seq + ${SNAPSHOT}`)
await client.end()
const before = process.cpuUsage()
const whole = await snapshot()
const spent = process.cpuUsage(before)
const eachCold = (spent.user + spent.system) / whole.entries
print(
  `  a snapshot of ${whole.entries} entries: ${(whole.bytes / whole.entries).toFixed(0)} bytes and ${eachCold.toFixed(1)} us of the service's CPU each`,
)

const last = <T>(many: readonly T[]): T => many.at(-1) as T
/** Of one service: the rest, and what each revocation asks of PostgreSQL besides, by how many hear of it. */
const rest = last(idle).cores / 4
const slopes = busy.map((load, at) => (load.cores - (idle[at]?.cores ?? 0)) / RATE)
const own = slopes[0] ?? 0
const heard = Math.max(0, (last(slopes) - own) / 3)
const perReport = (reports.cores - last(idle).cores) / REPORTS

function arithmetic({ guards: all, services: count, revocations }: typeof WANTED): void {
  const each = all / count
  const [one, many] = [alone as FanOut, tenth as FanOut]
  const held = revocations * HELD_FOR
  const reads = Math.min(revocations, READS_A_SECOND)
  // A write of so many at once, between the two that were measured
  const more = (many.write - one.write) / (many.batch - one.batch)
  const write = one.write + more * (revocations / reads - 1)
  const bits = (revocations * many.bytes * 8) / many.batch / 1e6
  const posts = all * REPORTS_A_SECOND
  const lines: readonly (readonly [string, number, string])[] = [
    ['a guard: its feed', bits, 'Mbit/s'],
    ['a guard: reading it', (revocations * perEvent) / 1e4, '% of a core'],
    ['a guard: its copy', (held * 25) / 1e6, 'MB'],
    ['a cold guard: its snapshot', (held * whole.bytes) / whole.entries / 1e6, 'MB'],
    ['a service: its guards’ feeds', bits * each, 'Mbit/s'],
    ['a service: writing them', (reads * write * each) / 1e4, '% of a core'],
    ['a service: a cold guard', (held * eachCold) / 1e6, 's of CPU'],
    ['PostgreSQL: services at rest', count * rest * 100, '% of a core'],
    ['PostgreSQL: revocations', revocations * own * 100, '% of a core'],
    ['PostgreSQL: all services read them', reads * heard * (count - 1) * 100, '% of a core'],
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
