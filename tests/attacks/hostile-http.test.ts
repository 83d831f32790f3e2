import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../doses.ts'
import { contentsOf, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { startService } from '@keyhaven/stage/processes/running-service'
import type { RunningService } from '@keyhaven/stage/processes/running-service'
import { longestTimes, watchedLoop } from '@keyhaven/stage/processes/watched-loop'
import { rawAnswer, silent, stall } from '@keyhaven/stage/http/raw-answer'
import { hostileBodies, hostilePaths, misleading, wrongTypes } from './hostile-inputs.ts'
import type { MemberSchema } from './hostile-inputs.ts'
import { password, signIn } from '@keyhaven/stage/http/person'

const REQUESTS = doses.hostileRequests

/** A row of the service's own route table, as \`/openapi.json\` tells it. */
interface Row {
  readonly method: string
  readonly path: string
  readonly members: Readonly<Record<string, MemberSchema>>
}

let service: RunningService
let rows: readonly Row[]
let headers: Readonly<Record<string, string>>
let accountId: string
let guardKey: string

beforeAll(async () => {
  service = await startService({
    environment: { ...watchedLoop, NODE_ENV: 'test', KEYHAVEN_TRUST_PROXY: '127.0.0.1' },
  })
  const admin = ['accounts', 'create', '--email', 'ada@example.com', '--role', 'admin']
  expect((await service.command(admin, password)).code).toBe(0)
  const guard = await service.command(['guards', 'add', 'hostile', '--json'])
  guardKey = (JSON.parse(guard.output) as { key: string }).key
  const ada = await signIn(service, 'ada@example.com')
  accountId = ada.id
  headers = { origin: origin(), ...ada.headers, 'content-type': 'application/json' }
  const described = await fetch(`${service.address}/openapi.json`)
  rows = rowsOf((await described.json()) as Description)
  expect(rows.length).toBeGreaterThan(20)
})
afterAll(() => service?.close())

interface Description {
  readonly paths: Record<
    string,
    Record<
      string,
      { requestBody?: { content: Record<string, { schema: { properties?: Row['members'] } }> } }
    >
  >
}

function rowsOf({ paths }: Description): readonly Row[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{(id|jti)\}/g, accountId).replace('{role}', 'user'),
      members: requestBody?.content['application/json']?.schema.properties ?? {},
    })),
  )
}

const origin = (): string => new URL(service.issuer).origin

/** Sends one request as the administrator, or as a guard where only guards may; every request comes from an address of its own. */
let sent = 0
async function send(
  { method, path }: Pick<Row, 'method' | 'path'>,
  more: { body?: BodyInit; headers?: Record<string, string> } = {},
): Promise<{ status: number; code: string | undefined; text: string }> {
  const address = `10.${(++sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`
  const response = await fetch(service.address + path, {
    method,
    headers: { ...headers, ...guardOf(path), 'x-forwarded-for': address, ...more.headers },
    ...(more.body !== undefined && { body: more.body }),
  })
  const text = path.endsWith('/events') && response.ok ? '' : await response.text()
  if (text === '') await response.body?.cancel().catch(() => undefined)
  let code: string | undefined
  // OAuth endpoints name it as RFC 6749 does
  if (!response.ok) {
    const refusal = JSON.parse(text) as { readonly code?: string; readonly error?: string }
    code = refusal.code ?? refusal.error
  }
  return { status: response.status, code, text }
}

const guardOf = (path: string): Record<string, string> =>
  /^\/(?:revocations|tickets\/redeem)/.test(path) ? { authorization: `Bearer ${guardKey}` } : {}

/**
 * What the database holds, without counters of limits, periodic work and its time, once the audit log is sealed, and
 * every event and mail is delivered.
 */
async function written(): Promise<string> {
  const database = await databaseIn(service.data)
  const due = `select id from audit where number is null
    union all select id from outbox union all select id from mails`
  await until('what was recorded is sealed and delivered', async () => {
    return (await rowsIn(database, due)).length === 0
  })
  const contents = await contentsOf(database, { without: ['rate_limits', 'jobs'] })
  // Without the newest known time, which is stored at intervals: PostgreSQL then returns its row at another place
  return contents.replace(/,?\{"name":"time","value":"\d+"\}/, '')
}

const takesBody = ({ method }: Row): boolean => method !== 'GET'

describe('hostile bodies, on every route that changes something (D12, HTTP-6)', () => {
  it.each(hostileBodies)('refuses $name, and writes nothing', async ({ body, codes, type }) => {
    const before = await written()
    const seen = []
    for (const row of rows.filter(takesBody)) {
      const { status, code } = await send(row, {
        body: body as BodyInit,
        ...(type !== undefined && { headers: { 'content-type': type } }),
      })
      // They read forms, and have one code for whatever is wrong with one
      const expected = row.path.startsWith('/oauth/') ? ['invalid_request'] : codes
      if (status < 400 || status > 499 || !expected.includes(code ?? ''))
        seen.push(`${row.method} ${row.path}: ${status} ${code}`)
    }
    expect(seen).toEqual([])
    expect(await written()).toBe(before)
  })

  it('refuses every wrong type of every member that the API describes, by its name', async () => {
    const before = await written()
    const seen = []
    let tried = 0
    for (const row of rows.filter(takesBody)) {
      for (const [member, schema] of Object.entries(row.members)) {
        for (const value of wrongTypes(schema)) {
          const { status, text } = await send(row, { body: `{"${member}":${value}}` })
          tried += 1
          if (status !== 400 || !text.includes(`"path":"${member}`))
            seen.push(`${row.method} ${row.path} {${member}: ${value.slice(0, 30)}}: ${status}`)
        }
      }
    }
    expect(seen).toEqual([])
    expect(tried).toBeGreaterThan(100)
    expect(await written()).toBe(before)
  })
})

describe('hostile addresses and methods', () => {
  it('answers every method that a route does not have with 405 (attack H13, HTTP-5)', async () => {
    const paths = Map.groupBy(rows, ({ path }) => path)
    for (const [path, known] of paths) {
      const methods = known.map(({ method }) => method)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
        if (methods.includes(method)) continue
        const answer = await send({ method, path })
        expect(answer, `${method} ${path}`).toMatchObject({ code: 'method_not_allowed' })
      }
    }
  })

  it('answers paths and parameters that no client writes with 400 or 404', async () => {
    const seen = []
    for (const path of hostilePaths) {
      for (const place of [`/${path}`, `/accounts/${path}`, `/accounts?limit=${path}`]) {
        const { status } = await rawAnswer(service.address, {
          target: new URL(service.address).pathname + place,
          headers,
        })
        if (status < 200 || status > 499) seen.push(`${place.slice(0, 60)}: ${status}`)
      }
    }
    expect(seen).toEqual([])
  })
})

describe('hostile framing (H02, 4.2.1, RFC 9112 sections 6 and 11)', () => {
  const renew = '/sessions/current/renew'
  it.each([
    ['two lengths', { 'content-length': ['2', '3'] }],
    [
      'a length and a transfer encoding',
      { 'content-length': ['2'], 'transfer-encoding': ['chunked'] },
    ],
    ['an unknown transfer encoding', { 'transfer-encoding': ['xchunked'] }],
    ['a negative length', { 'content-length': ['-1'] }],
    ['two origins', { origin: ['https://evil.test', 'http://localhost'] }],
    ['two bearers', { authorization: ['Bearer a', 'Bearer b'] }],
  ])('refuses %s', async (_name, twice) => {
    const target = new URL(service.address).pathname + renew
    const answer = await rawAnswer(service.address, {
      method: 'POST',
      target,
      headers: { ...headers, ...twice },
      body: '{}',
    })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  })

  it('refuses 20 kB of headers with 431 (HTTP-6)', async () => {
    const answer = await rawAnswer(service.address, {
      target: '/auth/user/current',
      headers: { 'x-long': 'a'.repeat(20_000) },
    })
    expect(answer.status).toBe(431)
  })

  it('answers a hundred pipelined requests in their order', async () => {
    const one = rawRequest('/auth/health/live')
    const other = rawRequest('/auth/accounts/none')
    const { statuses } = await rawAnswer(service.address, {
      bytes: `${one}${other}`.repeat(50),
      answers: 100,
    })
    expect(statuses).toEqual(Array.from({ length: 100 }, (_, index) => (index % 2 ? 401 : 200)))
  })

  it('goes on answering while 200 bodies are held back and 200 sockets half-closed (D03, HTTP-6)', async () => {
    const path = new URL(service.address).pathname + '/sessions'
    const held = await Promise.all(
      Array.from({ length: 400 }, (_, index) =>
        stall(service.address, { path, origin: origin(), end: index % 2 === 0 }),
      ),
    )
    expect((await send({ method: 'GET', path: '/user/current' })).status).toBe(200)
    expect((await send({ method: 'GET', path: '/health/ready' })).status).toBe(200)
    for (const socket of held) socket.destroy()
  })
})

describe('floods', () => {
  it('no text that is made to mislead an expression stops the event loop (attack H11, 1.3.12)', async () => {
    await longestTimes(service)
    for (const text of misleading) {
      for (const row of [
        { method: 'POST', path: '/accounts', body: { email: text, password: text, name: text } },
        { method: 'POST', path: '/accounts', body: { email: `${text}@x.org`, username: text } },
        { method: 'POST', path: '/sessions', body: { login: text, password: text } },
        { method: 'PATCH', path: `/accounts/${accountId}`, body: { name: text } },
      ]) {
        const { status } = await send(row, { body: JSON.stringify(row.body) })
        expect(status).toBeLessThan(500)
      }
      const header = text.replace(/[^\x20-\x7e]/g, '').slice(0, 8000)
      for (const name of ['accept', 'cookie', 'authorization', 'origin', 'x-forwarded-for']) {
        const { status } = await send(
          { method: 'GET', path: '/user/current' },
          { headers: { [name]: header } },
        )
        expect(status).toBeLessThan(500)
      }
      const query = `/accounts?q=${encodeURIComponent(text.slice(0, 2000))}`
      expect((await send({ method: 'GET', path: query })).status).toBeLessThan(500)
    }
    expect((await longestTimes(service)).work).toBeLessThan(100)
  })

  it('5000 idle sockets leave others served (D04)', async () => {
    const idle = Array.from({ length: 5000 }, () => silent(service.address))
    await Promise.all(idle.map((socket) => once(socket, 'connect')))
    expect((await send({ method: 'GET', path: '/user/current' })).status).toBe(200)
    expect((await send({ method: 'GET', path: '/health/ready' })).status).toBe(200)
    for (const socket of idle) socket.destroy()
  })
})

describe('the process, after all of this', () => {
  it(`keeps its memory over ${REQUESTS} hostile requests (D06)`, async () => {
    const volley = async (count: number): Promise<void> => {
      let left = count
      const worker = async (): Promise<void> => {
        while (left-- > 0) {
          const row = rows[left % rows.length] as Row
          if (row.path.endsWith('/events')) continue
          const { body } = hostileBodies[left % hostileBodies.length] as { body: string }
          const fits = takesBody(row) && body.length < 10_000
          const { status } = await send(
            row,
            fits
              ? { body }
              : {
                  headers: { authorization: `Bearer ${left}.${left}.x` },
                  ...(takesBody(row) && { body: '[' }),
                },
          )
          expect(status).toBeLessThan(500)
        }
      }
      await Promise.all(Array.from({ length: 16 }, worker))
    }
    await volley(REQUESTS / 2)
    const resident = [memory()]
    const grown = (): number => (resident.at(-1) ?? 0) - (resident.at(-2) ?? 0)
    // The engine takes memory in steps, whatever the number of requests; a leak grows with each volley
    do {
      await volley(REQUESTS / 2)
      resident.push(memory())
    } while (grown() >= 40 && resident.length < 4)
    expect(grown(), `resident MB: ${resident.join(', then ')}`).toBeLessThan(40)
  })

  it('is alive, and its log contains no failure and no credential (D12, 16.2.5)', async () => {
    expect((await send({ method: 'GET', path: '/health/ready' })).status).toBe(200)
    const log = service.process.output()
    const failures = log
      .split('\n')
      .filter((line) => /"level":"(error|fatal)"|unhandled|uncaught/i.test(line))
    expect(failures).toEqual([])
    for (const cookie of headers['cookie']?.split('; ') ?? []) {
      const value = cookie.slice(cookie.indexOf('=') + 1)
      expect(log.includes(value.split('.').at(-1) ?? '')).toBe(false)
    }
    expect(log.includes(password)).toBe(false)
  })
})

/** Resident memory of the service in MB. */
function memory(): number {
  const status = readFileSync(`/proc/${service.process.pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)
}

const rawRequest = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`
