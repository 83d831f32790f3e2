import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defineAccess } from '@keyhaven/core/access'
import { authIfAny, authOf } from '@keyhaven/guard/express'
import { wsGuard } from '@keyhaven/guard/ws'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { basic, newKey, unknownKey } from '@keyhaven/stage/http/new-key'
import { bearer, newPerson } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { testLog } from '@keyhaven/stage/processes/log'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder } from '@keyhaven/stage/processes/served'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'], editor: ['notes:write'] },
  defaultRoles: ['member'],
})
const OTHER = 'https://other.example'

const data = newFolder()
let database: string
let server: Server
let origin: string
let keyhaven: Keyhaven<typeof access>
/** The addresses that handlers saw. */
const seen: string[] = []

beforeAll(async () => {
  database = await databaseIn(data)
  const app = express()
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
  keyhaven = await createKeyhaven({
    database,
    url: `${origin}/auth`,
    data,
    folder: data,
    access,
    environment: { NODE_ENV: 'test' },
    audience: `${origin}, ${OTHER}`,
    trustProxy: '127.0.0.1, ::1',
    notices: 'off',
    log: testLog(),
  })
  server.on('upgrade', wsGuard(keyhaven.guard, new WebSocketServer({ noServer: true })))
  app.use(keyhaven.express({ public: ['GET /hello'] }))
  app.get('/hello', (request, response) => void response.send(authIfAny(request)?.account.id))
  app.put('/notes', keyhaven.require('notes:write'), (_, response) => void response.send('put'))
  app.get('/fresh', keyhaven.require('notes:read', { within: '5m' }), (_, response) => {
    response.send('fresh')
  })
  app.use((request, response) => {
    seen.push(request.url, request.originalUrl, JSON.stringify(request.query))
    const { account, session, scope } = authOf(request)
    response.json({ id: account.id, session: session ?? null, scope })
  })
})
afterAll(async () => {
  keyhaven?.endStreams()
  server.closeAllConnections()
  server.close()
  await keyhaven?.close()
  rmSync(data, { recursive: true })
})

type Sent = Readonly<Record<string, string>>
const someone = (...roles: string[]): Promise<Person> =>
  newPerson({ issuer: keyhaven.issuer, keyhaven }, ...roles)

/** The text of an answer, or its status and code. */
async function ask(headers: Sent, call = 'GET /'): Promise<string> {
  const [method = '', path = ''] = call.split(' ')
  const answer = await fetch(origin + path, { method, headers })
  expect(answer.headers.get('www-authenticate') ?? '').not.toMatch(/basic/i)
  if (answer.ok) return answer.text()
  return `${answer.status} ${((await answer.json()) as { code: string }).code}`
}

describe('an API key at the guard in the service’s process', () => {
  it('is looked up once, by a recorded token, and known at routes, requests and sockets (S02, H30)', async () => {
    const ann = await someone('member', 'editor')
    const key = await newKey(ann)
    const wanted = { id: ann.id, session: null, scope: ['notes:read', 'notes:write'] }
    const before = keyhaven.guard.state().apiKeys.asked
    const first = await Promise.all(Array.from({ length: 5 }, () => ask(bearer(key.key))))
    for (const one of first) expect(JSON.parse(one)).toEqual(wanted)
    expect(JSON.parse(await ask(basic(key)))).toEqual(wanted)
    expect(await ask(bearer(key.key), 'PUT /notes')).toBe('put')
    expect(await ask(bearer(key.key), 'GET /fresh')).toBe('403 credential_not_allowed')
    expect(await ask(bearer(key.key), 'GET /hello')).toBe(ann.id)
    const request = new Request(`${origin}/`, { headers: bearer(key.key) })
    expect((await keyhaven.current(request))?.claims.client_id).toBe(key.id)
    const socket = new WebSocket(origin, { headers: bearer(key.key) })
    await once(socket, 'open')
    expect(keyhaven.guard.state().apiKeys.asked).toBe(before + 1)
    const tokens = await rowsIn(database, `select 1 from tokens where credential_id = '${key.id}'`)
    expect(tokens).toHaveLength(1)
    // Removed: the key, and all that stands on it
    await ann.ask(`DELETE /api-keys/${key.id}`)
    expect((await once(socket, 'close'))[0]).toBe(4401)
    expect(await ask(bearer(key.key))).toBe('401 session_ended')
    expect(await keyhaven.current(request)).toBeNull()
  })

  it('is known on a public route at once, as no other process must be waited for', async () => {
    const ann = await someone()
    expect(await ask(basic(await newKey(ann)), 'GET /hello')).toBe(ann.id)
    expect(await ask(bearer(unknownKey()), 'GET /hello')).toBe('')
  })

  it('has the scopes at once that its owner still has, and dies with a lock for good (H30)', async () => {
    const ann = await someone('member', 'editor')
    const key = await newKey(ann)
    expect(await ask(bearer(key.key), 'PUT /notes')).toBe('put')
    await keyhaven.accounts.removeRole(ann.id, 'editor')
    await until('the guard knows of the lost scope', async () => {
      return (await ask(bearer(key.key), 'PUT /notes')) === '403 insufficient_scope'
    })
    expect(JSON.parse(await ask(bearer(key.key)))).toMatchObject({ scope: ['notes:read'] })
    await keyhaven.accounts.lock(ann.id, 'stolen')
    expect(await ask(bearer(key.key))).toBe('401 account_locked')
    await keyhaven.accounts.unlock(ann.id)
    expect(await ask(bearer(key.key))).toMatch(/^401 (account_locked|session_ended)$/)
  })

  it('of another audience or address is refused, and one that has expired (H30)', async () => {
    const ann = await someone()
    const elsewhere = await newKey(ann, { audience: [OTHER] })
    expect(JSON.parse(await ask(bearer(elsewhere.key)))).toMatchObject({ id: ann.id })
    const own = await newKey(ann, { audience: [keyhaven.issuer] })
    expect(await ask(bearer(own.key))).toBe('401 token_invalid')
    const listed = await newKey(ann, { addresses: ['203.0.113.0/24'] })
    const from = (address: string) => ask({ ...bearer(listed.key), 'x-forwarded-for': address })
    expect(await from('198.51.100.7')).toBe('403 credential_not_allowed')
    expect(JSON.parse(await from('203.0.113.7'))).toMatchObject({ id: ann.id })
    expect(await from('203.0.113.7, 198.51.100.7')).toBe('403 credential_not_allowed')
    // A fetch-style host knows the address and passes it; what a header says does not count there
    const headers = { ...bearer(listed.key), 'x-forwarded-for': '203.0.113.7' }
    const request = new Request(`${origin}/`, { headers })
    expect((await keyhaven.current(request, { address: '203.0.113.7' }))?.account.id).toBe(ann.id)
    for (const address of [undefined, '198.51.100.7', 'nonsense']) {
      expect(await keyhaven.current(request, { address })).toBeNull()
    }
    const brief = await newKey(ann)
    const past = Date.now() - 1000
    await changeIn(
      database,
      `update credentials set absolute_expires_at = ${past} where id = '${brief.id}'`,
    )
    expect(await ask(bearer(brief.key))).toBe('401 token_expired')
    expect(await ask(bearer(unknownKey()))).toBe('401 token_invalid')
  })
})

describe('a flood of keys that do not exist', () => {
  it('at the service, from clients without addresses, leaves the guard of this process alone (A04)', async () => {
    const key = await newKey(await someone())
    let last = 0
    const guess = async (): Promise<void> => {
      const headers = bearer(unknownKey())
      const request = new Request(`${keyhaven.issuer}/user/current`, { headers })
      last = (await keyhaven.handler(request)).status
    }
    for (let round = 0; round < 30 && last !== 429; round++) {
      await Promise.all(Array.from({ length: 50 }, guess))
    }
    expect(last).toBe(429)
    expect(JSON.parse(await ask(bearer(key.key)))).toMatchObject({ session: null })
  })
})

describe('a ticket at the guard in the service’s process', () => {
  const ticketFor = async (person: Person, url: string): Promise<string> => {
    const made = await person.ask('POST /tickets', { url })
    expect(made.status).toBe(201)
    return ((await made.json()) as { url: string }).url
  }
  it('opens its address for one client, at routes and sockets, and ends with its session (H40, P21, P22)', async () => {
    const ann = await someone()
    const url = await ticketFor(ann, `${origin}/photo?size=1`)
    const path = url.slice(origin.length)
    seen.length = 0
    const wanted = { id: ann.id, session: { id: ann.session }, scope: ['notes:read'] }
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask({}, `GET ${path}`)))
    for (const one of answers) expect(JSON.parse(one)).toMatchObject(wanted)
    expect(seen.slice(0, 3)).toEqual(['/photo?size=1', '/photo?size=1', '{"size":"1"}'])
    expect(seen.join()).not.toContain('kht_')
    for (const [headers, call] of [
      [{ 'x-forwarded-for': '203.0.113.9' }, `GET ${path}`],
      [{}, `POST ${path}`],
      [{}, `GET ${path.replace('/photo', '/photos')}`],
      [{}, 'GET /photo?size=1'],
    ] as const) {
      expect(await ask(headers, call), call).toMatch(/^401/)
    }
    const own = await ask({}, `GET /auth/user/current${path.slice(path.indexOf('?'))}`)
    expect(own).toBe('401 not_signed_in')
    const fresh = await ticketFor(ann, `${origin}/fresh`)
    expect(await ask({}, `GET ${fresh.slice(origin.length)}`)).toMatch(/^401 step_up/)
    const live = await ticketFor(ann, `${origin.replace('http', 'ws')}/live`)
    const socket = new WebSocket(live)
    await once(socket, 'open')
    await ann.ask('DELETE /sessions/current')
    expect((await once(socket, 'close'))[0]).toBe(4401)
    expect(await ask({}, `GET ${path}`)).toBe('401 session_ended')
  })
})
