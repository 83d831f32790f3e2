/**
 * T7: durable revocations from 32 writers on PostgreSQL, compared with bare commits: first alone, then received
 * by ten guards in processes of their own, all on the same cores.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKeyhaven } from '@keyhaven/server'
import express from 'express'
import { Pool } from 'pg'
import { manySessions } from '@keyhaven/stage/databases/many-sessions'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import { progressOf, started } from './lib/guard-process.ts'
import { median } from './lib/load.ts'
import { machine, verdict } from './lib/measure.ts'
import { freePort, loadOnEveryCore } from './lib/servers.ts'

const WRITERS = 32
const COUNT = 10_000
const ROUNDS = 5
const GUARDS = 10
/** Revocations for each durable insert of the same round. */
const GOAL = 0.4

loadOnEveryCore()

const postgres = await startPostgres({ durable: true })
const data = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
const database = postgres.url('postgres')
const port = await freePort()
const keyhaven = await createKeyhaven({
  data,
  database,
  folder: data,
  environment: { KEYHAVEN_URL: `http://localhost:${port}/auth` },
  announce: () => {},
})
express().use(keyhaven.express()).listen(port)
const key = await keyhaven.guards.add('bench')
const pool = new Pool({ connectionString: database, max: WRITERS })
await pool.query(
  'create table bare (id bigint generated always as identity primary key, text text)',
)
await pool.query('create table counter (seq bigint)')
await pool.query('insert into counter values (0)')
await pool.query('create table counted (seq bigint primary key, text text)')

/** Runs the work for every item from 32 writers. Returns the rate per second. */
async function perSecond<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<number> {
  const queue = items.values()
  const began = performance.now()
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (const item of queue) await work(item)
    }),
  )
  return (items.length * 1000) / (performance.now() - began)
}

const bare = (text: string): Promise<unknown> =>
  pool.query({ name: 'bare', text: 'insert into bare (text) values ($1)', values: [text] })

/** A number assigned inside the transaction: writers wait for each other's commit. */
async function counted(text: string): Promise<void> {
  const client = await pool.connect()
  await client.query('begin')
  const { rows } = await client.query<{ seq: string }>({
    name: 'count',
    text: 'update counter set seq = seq + 1 returning seq',
  })
  const values = [rows[0]?.seq, text]
  await client.query({ name: 'write', text: 'insert into counted values ($1, $2)', values })
  await client.query('commit')
  client.release()
}

type Guards = readonly Awaited<ReturnType<typeof started>>[]

/** Milliseconds until every guard has the newest entry. */
async function complete(guards: Guards): Promise<number> {
  const began = performance.now()
  const { rows } = await pool.query<{ seq: string }>('select seq from revocation_counter')
  const wanted = Number(rows[0]?.seq)
  for (;;) {
    const progress = await Promise.all(guards.map(progressOf))
    if (progress.every(({ seq }) => seq >= wanted)) return performance.now() - began
    await sleep(5)
  }
}

interface Figures {
  readonly bare: number
  readonly counted: number
  readonly ours: number
  readonly complete: number
}

async function round(guards: Guards): Promise<Figures> {
  const texts = Array.from({ length: COUNT }, (_, at) => `${at} ${'x'.repeat(100)}`)
  const sessions = await manySessions(database, COUNT)
  return {
    bare: await perSecond(texts, bare),
    counted: await perSecond(texts.slice(0, COUNT / 5), counted),
    ours: await perSecond(sessions, (id) => keyhaven.sessions.end(id)),
    complete: await complete(guards),
  }
}

/** Runs rounds, the first to warm up, and prints the medians of the others. */
async function measure(name: string, guards: Guards): Promise<void> {
  await round(guards)
  const rounds: Figures[] = []
  for (let count = 0; count < ROUNDS; count++) rounds.push(await round(guards))
  const of = (figure: keyof Figures) => median(rounds.map((one) => one[figure]))
  const ratio = median(rounds.map(({ ours, bare }) => ours / bare))
  const late = Math.max(...rounds.map((one) => one.complete))
  console.log(`\nT7 ${name} (${machine()})`)
  console.log(`  bare inserts               ${of('bare').toFixed(0)} a second`)
  console.log(`  bare, numbered by a row    ${of('counted').toFixed(0)} a second`)
  console.log(`  keyhaven, one process      ${of('ours').toFixed(0)} a second`)
  if (guards.length > 0) {
    console.log(
      `  ${guards.length} guards have them all   ${late.toFixed(0)} ms after the last was acknowledged`,
    )
  }
  verdict({
    target: `T7 ${name}`,
    ours: ratio,
    unit: 'of the bare inserts',
    goal: GOAL,
    limit: of('bare'),
    peers: { ours: of('ours'), counter: of('counted') },
    holds: ratio >= GOAL && late < 2000,
  })
}

await measure(`${WRITERS} writers`, [])
const guards = await Promise.all(
  Array.from({ length: GUARDS }, () => started('one-guard.ts', keyhaven.issuer, key)),
)
await measure(`${WRITERS} writers, ${GUARDS} guards on the same cores`, guards)
for (const guard of guards) guard.kill()
await pool.end()
await keyhaven.close()
postgres.close()
rmSync(data, { recursive: true })
process.exit()
