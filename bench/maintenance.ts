/** Maintenance of many overdue rows: its duration, the longest stop of the event loop, and how long requests wait. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import { Client } from 'pg'
import { watchLoopWork } from '@keyhaven/stage/processes/loop-work'
import { idleThread } from '@keyhaven/stage/processes/idle-thread'
import {
  endedEntries,
  endedTokens,
  sessionsThatAreOver,
} from '@keyhaven/stage/databases/overdue-rows'
import type { OverdueRows } from '@keyhaven/stage/databases/overdue-rows'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import { machine } from './lib/measure.ts'

const password = 'correct horse battery'

const works = {
  tokens: endedTokens('sqlite', 50_000),
  'many-tokens': endedTokens('sqlite', 500_000),
  sessions: sessionsThatAreOver('sqlite', 50_000),
  'postgres-entries': endedEntries('postgres', 5_000_000),
  'postgres-tokens': endedTokens('postgres', 500_000),
  'postgres-sessions': sessionsThatAreOver('postgres', 50_000),
}

/** Runs one statement on either engine. */
type Run = (sql: string) => Promise<Record<string, unknown>[]>

interface Place {
  readonly database: string
  readonly run: Run
  readonly close: () => Promise<void>
}

async function place(engine: OverdueRows['engine'], data: string): Promise<Place> {
  if (engine === 'sqlite') {
    const database = join(data, 'keyhaven.sqlite')
    const run: Run = async (sql) => {
      const file = new DatabaseSync(database, { timeout: 5000 })
      try {
        return file.prepare(sql).all()
      } finally {
        file.close()
      }
    }
    return { database, run, close: async () => {} }
  }
  const postgres = await startPostgres({ durable: true })
  const database = postgres.url('postgres')
  const client = new Client(database)
  await client.connect()
  return {
    database,
    run: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    close: async () => {
      await client.end()
      postgres.close()
    },
  }
}

/** Signs in and out repeatedly. Returns a function that stops it and returns the slowest time of each. */
function visitor(keyhaven: Keyhaven): () => Promise<{ in: number; out: number; failed: number }> {
  let stopped = false
  const slowest = { in: 0, out: 0, failed: 0 }
  const { origin } = new URL(keyhaven.issuer)
  const visit = async (): Promise<void> => {
    const began = performance.now()
    const answer = await keyhaven.handler(
      new Request(`${keyhaven.issuer}/sessions`, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify({ login: 'a@example.com', password }),
      }),
    )
    slowest.in = Math.max(slowest.in, performance.now() - began)
    if (answer.status !== 201) return void slowest.failed++
    const { session } = (await answer.json()) as { session: { id: string } }
    const left = performance.now()
    await keyhaven.sessions.end(session.id)
    slowest.out = Math.max(slowest.out, performance.now() - left)
  }
  const going = (async () => {
    while (!stopped) await Promise.all([visit(), sleep(200)])
  })()
  return async () => {
    stopped = true
    await going
    return slowest
  }
}

/** Checks every 20 ms how long statements of the service run. Returns a function that stops it and returns the longest. */
function watchStatements(run: Run): () => Promise<number> {
  let stopped = false
  let longest = 0
  const looking = (async () => {
    while (!stopped) {
      const [row] = await run(
        `select coalesce(max(extract(epoch from clock_timestamp() - query_start) * 1000), 0)::float as ms
         from pg_stat_activity where state = 'active' and application_name like 'keyhaven %'`,
      )
      longest = Math.max(longest, Number(row?.['ms']))
      await sleep(20)
    }
  })()
  return async () => {
    stopped = true
    await looking
    return longest
  }
}

async function measure(work: OverdueRows): Promise<void> {
  const { name, rows, engine } = work
  const data = mkdtempSync(join(tmpdir(), 'keyhaven-bench-'))
  const { database, run, close } = await place(engine, data)
  const open = (): Promise<Keyhaven> =>
    createKeyhaven({ data, database, folder: data, environment: {}, announce: () => {} })
  const first = await open()
  await first.accounts.create({ email: 'a@example.com', password })
  await first.close()
  const now = Date.now()
  for (const sql of work.fill(now)) await run(sql)
  if (engine === 'postgres') await run('analyze')
  // As if the service had run while the rows were written
  await run(`update installation set value = '${Date.now()}' where name = 'time'`)
  await run('update jobs set due_at = 0')
  const idle = await idleThread()
  const keyhaven = await open()
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const watch = watchLoopWork()
  const began = performance.now()
  const leave = visitor(keyhaven)
  const statements = engine === 'postgres' ? watchStatements(run) : async () => undefined
  for (;;) {
    await sleep(1000)
    const rows = await run(work.left(now))
    if (rows.length === 0 || performance.now() - began > 600_000) break
  }
  const took = (performance.now() - began) / 1000
  delays.disable()
  const busy = watch()
  const lateness = await idle()
  const slowest = await leave()
  const statement = await statements()
  await keyhaven.close()
  await close()
  rmSync(data, { recursive: true })
  const parts = [
    `${rows} ${name}, ${engine}: gone after ${took.toFixed(1)} s`,
    `longest stop of the loop ${(delays.max / 1e6).toFixed(0)} ms (${busy.toFixed(0)} ms of work), of an idle thread ${lateness.toFixed(0)} ms`,
    `slowest sign-in ${slowest.in.toFixed(0)} ms, sign-out ${slowest.out.toFixed(0)} ms, ${slowest.failed} failed`,
    ...(statement === undefined ? [] : [`longest statement seen ${statement.toFixed(0)} ms`]),
  ]
  process.stdout.write(`${parts.join('; ')}\n`)
}

const chosen = process.argv.slice(2)
process.stdout.write(`${machine()}\n`)
for (const [name, work] of Object.entries(works)) {
  if (chosen.length === 0 || chosen.includes(name)) await measure(work)
}
