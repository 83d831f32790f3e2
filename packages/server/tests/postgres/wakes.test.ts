import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countStatements, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'
import { until } from '@keyhaven/stage/processes/process'
import { bearer, send, signUp } from '@keyhaven/stage/http/person'

const data = mkdtempSync(join(tmpdir(), 'keyhaven-wakes-'))
let here: Keyhaven
let there: Keyhaven

beforeAll(async () => {
  const open = async (): Promise<Keyhaven> =>
    createKeyhaven({
      data,
      database: await databaseIn(data),
      folder: data,
      environment: { NODE_ENV: 'test' },
      log: testLog(),
    })
  here = await open()
  there = await open()
})
afterAll(async () => {
  await here.close()
  await there.close()
  rmSync(data, { recursive: true })
})

/** Somebody who has just signed up: the session, and a call with the token alone. */
async function newcomer(): Promise<{ session: string; statusThere: () => Promise<number> }> {
  const { session, token } = await signUp(here)
  return {
    session,
    statusThere: async () =>
      (await send(there, 'GET /sessions', { headers: bearer(token) })).status,
  }
}

const listening =
  "from pg_stat_activity where query = 'listen keyhaven' and datname = current_database()"

async function listeners(): Promise<number> {
  return (await rowsIn(await databaseIn(data), `select pid ${listening}`)).length
}

describe('services that wake each other', () => {
  it('notify each other of a revocation', async () => {
    const { session } = await newcomer()
    const ear = new Client(await databaseIn(data))
    await ear.connect()
    await ear.query('listen keyhaven')
    let heard = 0
    ear.on('notification', () => (heard += 1))
    await here.sessions.end(session)
    await until('the notification comes', () => heard > 0)
    await ear.end()
  })
  it('read the log once for many notifications', async () => {
    const mouth = new Client(await databaseIn(data))
    await mouth.connect()
    const counted = countStatements()
    const began = performance.now()
    let words = 0
    for (; words < 1000; words += 50)
      await Promise.all(Array.from({ length: 50 }, () => mouth.query('notify keyhaven')))
    const seconds = Math.max(1, (performance.now() - began) / 1000)
    const reads = counted.texts().filter((text) => text.includes('revocation_counter')).length
    counted.restore()
    await mouth.end()
    // Two services, each second: ten reads by the clock, forty because of the words
    expect(reads).toBeLessThan(2 * 60 * seconds)
    // Each would have read the log for each word
    expect(reads).toBeLessThan(2 * words * 0.5)
  })
  it('need no waking: a revocation counts within 250 ms without a listener, and they listen again', async () => {
    await until('both listen', async () => (await listeners()) === 2)
    const { session, statusThere } = await newcomer()
    expect(await statusThere()).toBe(200)
    await rowsIn(await databaseIn(data), `select pg_terminate_backend(pid) ${listening}`)
    await here.sessions.end(session)
    await until('the other refuses it', async () => (await statusThere()) === 401, 0.25)
    await until('both listen', async () => (await listeners()) === 2)
  })
  it('give numbers to what a process left behind that died before it gave them', async () => {
    const { session, statusThere } = await newcomer()
    await rowsIn(
      await databaseIn(data),
      `insert into pending_revocations (kind, id, code, until) values ('sid', '${session}', 'session_ended', 9000000000000)`,
    )
    await until('the other refuses it', async () => (await statusThere()) === 401, 0.25)
  })
})
