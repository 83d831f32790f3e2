import { rmSync } from 'node:fs'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { bearer, codeOf, newPerson, send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

let here: Service
let there: Service

beforeAll(async () => {
  const data = newFolder()
  here = await serve(data, { maxStaleness: '3s' })
  there = await serve(data)
})
afterAll(async () => {
  await here.close()
  await there.close()
  rmSync(here.data, { recursive: true })
})

/** Nobody reads the log's numbers until the answer is called. */
async function lockLog(): Promise<() => Promise<void>> {
  const client = new Client(await databaseIn(here.data))
  await client.connect()
  await client.query('begin')
  await client.query('lock table revocation_counter in access exclusive mode')
  return async () => {
    await client.query('commit')
    await client.end()
  }
}

const jtiOf = ({ token }: Person): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string })
    .jti

describe('a process that can’t read the log, though the database answers everything else', () => {
  it('lets no request in by its old state: 503, and the right answer afterwards (S07, 16.5.3)', async () => {
    const admin = await newPerson(there, 'admin')
    const person = await newPerson(here)
    const ask = (): Promise<Response> =>
      send(here, 'GET /user/current', { headers: bearer(person.token) })
    expect((await ask()).status).toBe(200)
    const unlock = await lockLog()
    const revoke = async (): Promise<number> =>
      (await send(there, `DELETE /tokens/${jtiOf(person)}`, { person: admin })).status
    const revoked = revoke()
    await until('it has not read for a while', async () => (await ask()).status === 503)
    expect(await codeOf(await ask())).toBe('503 unavailable')
    await unlock()
    // It has waited for the lock, or was refused because that took too long
    expect([204, 503]).toContain(await revoked)
    await until('the token is revoked', async () => (await revoke()) === 204)
    await until('it is refused', async () => (await ask()).status === 401)
  })

  it('refuses in its guard too, once its copy is older than it may be', async () => {
    const { token } = await newPerson(here)
    const ask = async (): Promise<string> => {
      const headers: Record<string, string> = bearer(token)
      const request = { method: 'GET', url: '/notes', header: (name: string) => headers[name] }
      const settled = await here.keyhaven.guard.settle(request)
      return settled.ok ? 'ok' : settled.refused.code
    }
    expect(await ask()).toBe('ok')
    const unlock = await lockLog()
    await until('it is stale', async () => (await ask()) === 'revocations_stale')
    await unlock()
    await until('it answers again', async () => (await ask()) === 'ok')
  })
})
