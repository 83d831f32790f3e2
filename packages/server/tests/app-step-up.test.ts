import { mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineAccess } from '@keyhaven/core/access'
import { createGuard } from '@keyhaven/guard'
import type { Guard } from '@keyhaven/guard'
import { nodeGuard } from '@keyhaven/guard/node'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrowser } from '../../client/tests/tabbed-browser.ts'
import { changeIn, databaseIn } from '@keyhaven/stage/databases/databases'
import { bearer, codeOf, newPerson, password } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { testLog } from '@keyhaven/stage/processes/log'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'], editor: ['notes:*'] },
  defaultRoles: ['member'],
})
const within = '5m'
/** An API in the service's own process, and one whose guard knows only the service's URL. */
const doors = ['/embedded', '/elsewhere']
const folder = mkdtempSync(join(tmpdir(), 'keyhaven-app-'))
let server: Server
let origin: string
let keyhaven: Keyhaven<typeof access>
let elsewhere: Guard<typeof access>

beforeAll(async () => {
  const app = express()
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const issuer = `${origin}/auth`
  keyhaven = await createKeyhaven({
    database: await databaseIn(folder),
    url: issuer,
    data: folder,
    folder,
    access,
    environment: { NODE_ENV: 'test' },
    notices: 'off',
    log: testLog(),
  })
  elsewhere = createGuard({ issuer, access, log: () => {} })
  const api = nodeGuard(elsewhere)
  const listener = api(api.require('notes:write', { within }, (_, response) => response.end()))
  app.delete('/elsewhere', (request, response) => listener(request, response))
  app.use(keyhaven.express())
  app.delete('/embedded', keyhaven.require('notes:write', { within }), (_, response) => {
    response.end()
  })
  app.get('/embedded', keyhaven.require('notes:read'), (_, response) => void response.end())
  await elsewhere.ready()
})
afterAll(async () => {
  elsewhere?.close()
  keyhaven?.endStreams()
  server.closeAllConnections()
  server.close()
  await keyhaven?.close()
  rmSync(folder, { recursive: true })
})

/** A user who signed in ten minutes ago, and whose token was renewed since. */
async function stale(...roles: string[]): Promise<Person> {
  const person = await newPerson({ issuer: keyhaven.issuer, keyhaven }, ...roles)
  await changeIn(
    await databaseIn(folder),
    `update sessions set auth_time = auth_time - 600000 where credential_id = '${person.session}'`,
  )
  person.cookies.delete('keyhaven')
  expect((await person.ask(`GET ${origin}/embedded`)).status).toBe(200)
  return person
}

describe('a route of an app that requires a fresh proof (SES-6)', () => {
  it('refuses an old one in the service’s process and elsewhere alike, until a step-up', async () => {
    const person = await stale('editor')
    for (const door of doors) {
      const refused = await person.ask(`DELETE ${origin}${door}`)
      expect([door, refused.status]).toEqual([door, 401])
      expect(refused.headers.get('www-authenticate')).toBe(
        'Bearer error="insufficient_user_authentication", max_age="300"',
      )
      expect(await refused.json()).toMatchObject({ code: 'step_up_required', max_age: 300 })
    }
    const step = await person.ask('POST /sessions/current/step-up', { password })
    expect(step.status).toBe(200)
    for (const door of doors) {
      expect((await person.ask(`DELETE ${origin}${door}`)).status, door).toBe(200)
    }
    const key = await keyhaven.guards.add('metrics')
    const answer = await person.ask('GET /metrics', undefined, bearer(key))
    expect(await answer.text()).toContain('keyhaven_refusals_total{code="step_up_required"} 1')
  })
  it('refuses a user without the scope by 403, whatever the age (H7)', async () => {
    const person = await stale()
    for (const door of doors) {
      const answer = await person.ask(`DELETE ${origin}${door}`)
      expect([door, await codeOf(answer)]).toEqual([door, '403 insufficient_scope'])
    }
  })
  it('makes the calls of a page wait for the step-up, and each is repeated once', async () => {
    const person = await stale('editor')
    const seen: string[] = []
    const browser = createBrowser(
      () => `${origin}/auth`,
      async (input, init) => {
        const request = new Request(input, init)
        request.headers.set('cookie', person.cookie)
        request.headers.set('origin', origin)
        const answer = await fetch(request)
        for (const { name, value, isRemoved } of setCookies(answer)) {
          if (isRemoved) person.cookies.delete(name)
          else person.cookies.set(name, value)
        }
        seen.push(`${request.method} ${new URL(request.url).pathname} ${answer.status}`)
        return answer
      },
    )
    const tab = browser.open()
    const { auth } = tab
    const waiting: number[] = []
    auth.subscribe(() => {})
    auth.on('step-up', (event) => waiting.push(event.waiting))
    await browser.pass(6000)
    expect(auth.state.status).toBe('signed-in')
    const calls = doors.map((door) => auth.fetch(origin + door, { method: 'DELETE' }))
    await browser.pass(1000)
    expect(waiting.at(-1)).toBe(2)
    expect(await auth.stepUp({ password })).toEqual({ ok: true })
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200])
    expect(waiting.at(-1)).toBe(0)
    const acts = seen.filter((line) => line.startsWith('DELETE')).toSorted()
    expect(acts).toEqual(
      doors.flatMap((door) => [200, 401].map((one) => `DELETE ${door} ${one}`)).toSorted(),
    )
    tab.close()
  })
})
