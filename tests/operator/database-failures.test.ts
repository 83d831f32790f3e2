import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../stage/process.ts'
import { startService } from '../stage/running-service.ts'
import type { Service } from '../stage/running-service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

function post(path: string, body: object): Promise<Response> {
  return fetch(`${service.address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(service.issuer).origin },
    body: JSON.stringify(body),
  })
}

const password = 'correct horse battery'
let people = 0
const signUp = (): Promise<Response> =>
  post('/accounts', { email: `person${++people}@example.com`, password })

describe('a database that another process has locked', () => {
  it('is 503 with Retry-After for writers, never 401; readers go on; it heals by itself (D11)', async () => {
    const first = await signUp()
    expect(first.status).toBe(201)
    const cookie = first.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const other = new DatabaseSync(join(service.data, 'keyhaven.sqlite'))
    other.exec('begin immediate')
    const refused = signUp()
    // Meanwhile the event loop is free: reading calls are answered
    for (let at = 0; at < 10; at++) {
      const current = await fetch(`${service.address}/user/current`, { headers: { cookie } })
      expect(current.status).toBe(200)
    }
    const answer = await refused
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await answer.json()).toMatchObject({ code: 'unavailable' })
    other.exec('rollback')
    other.close()
    expect((await signUp()).status).toBe(201)
    expect(service.process.output()).toContain('database is locked')
  })
})

describe('a database whose table is gone', () => {
  it('is 503 and named in the log; what needs it is not ready; and it heals', async () => {
    const other = new DatabaseSync(join(service.data, 'keyhaven.sqlite'))
    const first = await signUp()
    const cookie = first.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const current = async (): Promise<number> =>
      (await fetch(`${service.address}/user/current`, { headers: { cookie } })).status
    other.exec('alter table sessions rename to sessions_away')
    await until('the loss is seen', async () => (await current()) === 503, 5)
    expect(service.process.output()).toContain('no such table')
    other.exec('alter table sessions_away rename to sessions')
    other.close()
    await until('it heals', async () => (await current()) === 200, 5)
  })
})
