import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { changeIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { watchLoopWork } from '@keyhaven/stage/processes/loop-work'
import { endedEntries, endedTokens } from '@keyhaven/stage/databases/overdue-rows'
import type { OverdueRows } from '@keyhaven/stage/databases/overdue-rows'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import { until } from '@keyhaven/stage/processes/process'

const person = { email: 'a@example.com', password: 'correct horse battery' }
/** Seconds in which the rows must be gone. */
const PATIENCE = 300

let data: string
let keyhaven: Keyhaven
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'keyhaven-maintenance-'))
})
afterEach(() => rmSync(data, { recursive: true }))

/** Starts a service that finds these rows, on a clock that it trusts. */
async function startBefore(work: OverdueRows, database: string): Promise<() => Promise<boolean>> {
  const open = (): Promise<Keyhaven> =>
    createKeyhaven({ data, database, folder: data, environment: {}, announce: () => {} })
  keyhaven = await open()
  await keyhaven.accounts.create(person)
  await keyhaven.close()
  const now = Date.now()
  await changeIn(database, ...work.fill(now))
  await changeIn(
    database,
    `update installation set value = '${Date.now()}' where name = 'time'`,
    'update jobs set due_at = 0',
  )
  keyhaven = await open()
  return async () => {
    await sleep(500)
    return (await rowsIn(database, work.left(now))).length === 0
  }
}

/** Signs in and out; the answer is how many milliseconds the sign-out took. */
async function visit(): Promise<number> {
  const { origin } = new URL(keyhaven.issuer)
  const request = new Request(`${keyhaven.issuer}/sessions`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ login: person.email, password: person.password }),
  })
  const answer = await keyhaven.handler(request)
  expect(answer.status).toBe(201)
  const { session } = (await answer.json()) as { session: { id: string } }
  const began = performance.now()
  await keyhaven.sessions.end(session.id)
  return performance.now() - began
}

describe('maintenance with much to do (source 9)', () => {
  it(`SQLite, ${doses.purgeTokens} ended tokens: the event loop goes on`, {
    timeout: PATIENCE * 1000,
  }, async () => {
    const gone = await startBefore(
      endedTokens('sqlite', doses.purgeTokens),
      join(data, 'keyhaven.sqlite'),
    )
    const longest = watchLoopWork()
    await until('they are gone', gone, PATIENCE)
    expect(longest()).toBeLessThan(50)
    await keyhaven.close()
  })

  it(`PostgreSQL, ${doses.purgeEntries} ended entries: no statement is long, and sign-outs have their numbers`, {
    timeout: PATIENCE * 1000,
  }, async () => {
    const postgres = await startPostgres({ durable: false })
    try {
      const database = postgres.url('postgres')
      const gone = await startBefore(endedEntries('postgres', doses.purgeEntries), database)
      const watch = watchStatements(database)
      const waits: number[] = []
      await until(
        'they are gone',
        async () => {
          waits.push(await visit())
          return gone()
        },
        PATIENCE,
      )
      expect(await watch()).toBeLessThan(1000)
      expect(Math.max(...waits)).toBeLessThan(1000)
      expect(await rowsIn(database, 'select * from pending_revocations')).toEqual([])
      await keyhaven.close()
    } finally {
      postgres.close()
    }
  })
})

/** The answer gives the milliseconds for which a statement of the service was seen to run at most. */
function watchStatements(database: string): () => Promise<number> {
  let stopped = false
  let longest = 0
  const watching = (async () => {
    while (!stopped) {
      const [row] = await rowsIn(
        database,
        `select max(extract(epoch from clock_timestamp() - query_start) * 1000)::float as ms
         from pg_stat_activity where state = 'active' and application_name like 'keyhaven %'`,
      )
      longest = Math.max(longest, Number(row?.['ms'] ?? 0))
      await sleep(50)
    }
  })()
  return async () => {
    stopped = true
    await watching
    return longest
  }
}
