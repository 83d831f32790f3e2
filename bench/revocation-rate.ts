/** T7: durable revocations from 32 writers on PostgreSQL, received by all guards, compared with bare commits. */
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
import { freePort } from './lib/servers.ts'

const WRITERS = 32
const COUNT = 10_000
const ROUNDS = 3
const GUARDS = 10

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
const guards = await Promise.all(
  Array.from({ length: GUARDS }, () => started('one-guard.ts', keyhaven.issuer, key)),
)
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

/** Milliseconds until every guard has the newest entry. */
async function complete(): Promise<number> {
  const began = performance.now()
  const { rows } = await pool.query<{ seq: string }>('select seq from revocation_counter')
  const wanted = Number(rows[0]?.seq)
  for (;;) {
    const progress = await Promise.all(guards.map(progressOf))
    if (progress.every(({ seq }) => seq >= wanted)) return performance.now() - began
    await sleep(5)
  }
}

const figures = {
  bare: [] as number[],
  counted: [] as number[],
  ours: [] as number[],
  complete: [] as number[],
}
for (let round = 0; round < ROUNDS; round++) {
  const texts = Array.from({ length: COUNT }, (_, at) => `${at} ${'x'.repeat(100)}`)
  figures.bare.push(await perSecond(texts, bare))
  figures.counted.push(await perSecond(texts.slice(0, COUNT / 5), counted))
  const sessions = await manySessions(database, COUNT)
  figures.ours.push(await perSecond(sessions, (id) => keyhaven.sessions.end(id)))
  figures.complete.push(await complete())
}
for (const guard of guards) guard.kill()
await pool.end()
await keyhaven.close()
postgres.close()
rmSync(data, { recursive: true })

console.log(`\nT7 durable revocations from ${WRITERS} writers (${machine()})`)
console.log(`  bare inserts               ${median(figures.bare).toFixed(0)} a second`)
console.log(`  bare, numbered by a row    ${median(figures.counted).toFixed(0)} a second`)
console.log(`  keyhaven, one process      ${median(figures.ours).toFixed(0)} a second`)
console.log(
  `  ${GUARDS} guards have them all   ${Math.max(...figures.complete).toFixed(0)} ms after the last was acknowledged`,
)
verdict({
  target: 'T7',
  ours: median(figures.ours),
  unit: 'revocations a second',
  goal: 3000,
  limit: median(figures.bare),
  peers: { counter: median(figures.counted) },
  holds: median(figures.ours) >= 3000 && Math.max(...figures.complete) < 2000,
})
process.exit()
