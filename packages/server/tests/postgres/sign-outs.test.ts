import { rmSync } from 'node:fs'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { newPerson, send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

let service: Service

beforeAll(async () => {
  service = await serve(newFolder())
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})

const status = async (call: string, person: Person): Promise<number> =>
  (await send(service, call, { person })).status

describe('a sign-out whose account row is locked by another client', () => {
  it('makes no other wait, and comes when the lock is gone (D11)', async () => {
    const held = await newPerson(service)
    const others = [await newPerson(service), await newPerson(service), await newPerson(service)]
    const client = new Client(await databaseIn(service.data))
    await client.connect()
    await client.query('begin')
    await client.query('select 1 from accounts where id = $1 for update', [held.id])
    let done = false
    const waiting = service.keyhaven.sessions.end(held.session).then(() => {
      done = true
    })
    await Promise.all(others.map(({ session }) => service.keyhaven.sessions.end(session)))
    for (const other of others) expect(await status('GET /user/current', other)).toBe(401)
    expect(done).toBe(false)
    expect(await status('GET /user/current', held)).toBe(200)
    await client.query('commit')
    await client.end()
    await waiting
    expect(await status('GET /user/current', held)).toBe(401)
  })
})

describe('sign-outs of a process that could be suspended at any moment', () => {
  it('hold no lock on the counter of revocations while the server waits for the process (D11)', async () => {
    const client = new Client(await databaseIn(service.data))
    await client.connect()
    let [isRunning, held, samples] = [true, 0, 0]
    const watch = async (): Promise<void> => {
      while (isRunning) {
        const { rows } = await client.query(
          `select 1 from pg_stat_activity where state = 'idle in transaction'
             and datname = current_database() and query ~ 'revocation_counter.*for update'`,
        )
        held += rows.length
        samples += 1
      }
    }
    const watching = watch()
    const people = await Promise.all(Array.from({ length: 20 }, () => newPerson(service)))
    for (const { session } of people) await service.keyhaven.sessions.end(session)
    isRunning = false
    await watching
    await client.end()
    expect(samples).toBeGreaterThan(people.length)
    expect(held).toBe(0)
  })
})

describe('a sign-out while another client has locked the counter of revocations', () => {
  it('is committed and acknowledged, and the next one too, and both are numbered after it (D11)', async () => {
    const [first, next] = [await newPerson(service), await newPerson(service)]
    const client = new Client(await databaseIn(service.data))
    await client.connect()
    await client.query('begin')
    await client.query('select 1 from revocation_counter for update')
    const ends = [first, next].map(({ session }) => service.keyhaven.sessions.end(session))
    await Promise.all(ends)
    const { rows } = await client.query(
      'select 1 from credentials where id = any($1) and ended_at is not null',
      [[first.session, next.session]],
    )
    expect(rows).toHaveLength(2)
    await client.query('commit')
    await client.end()
    for (const person of [first, next]) {
      await until('it counts', async () => (await status('GET /user/current', person)) === 401)
    }
  })
})

describe('a sign-out on a damaged database, without the counter of revocations', () => {
  it('keeps its entry until the counter is back (D11)', async () => {
    const { session } = await newPerson(service)
    const database = await databaseIn(service.data)
    const entriesIn = async (table: string): Promise<number> =>
      (await rowsIn(database, `select 1 from ${table} where id = '${session}'`)).length
    const [counter] = await rowsIn(database, 'select * from revocation_counter')
    await changeIn(database, 'delete from revocation_counter')
    await service.keyhaven.sessions.end(session)
    expect(await entriesIn('pending_revocations')).toBe(1)
    const { id, seq, dropped } = counter ?? {}
    const values = [id, seq, dropped].map(Number).join(', ')
    await changeIn(database, `insert into revocation_counter (id, seq, dropped) values (${values})`)
    await until('the entry has a number', async () => (await entriesIn('revocations')) === 1)
    expect(await entriesIn('pending_revocations')).toBe(0)
  })
})
