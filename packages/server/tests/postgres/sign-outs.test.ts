import { rmSync } from 'node:fs'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
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

describe('a sign-out whose account somebody holds locked', () => {
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
