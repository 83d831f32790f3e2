import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { bearer, newPerson, password, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

/** What the service allows one network: sign-ups a minute, and sign-ups with a taken address in 15 minutes. */
const [SIGN_UPS, TAKEN] = [80, 50]
/** Changes of the own profile that it allows one account in a minute. */
const PROFILE_CHANGES = 100

let service: Service
beforeAll(async () => {
  const environment = { NODE_ENV: 'test', KEYHAVEN_TRUST_PROXY: '127.0.0.1' }
  service = await serve(newFolder(), { environment })
})
afterAll(async () => {
  await service?.close()
  if (service) rmSync(service.data, { recursive: true })
})

/** Runs this many at a time, and answers in the order of their numbers. */
async function crowd<T>(
  count: number,
  atOnce: number,
  work: (at: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) results[at] = await work(at)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

function counted(statuses: readonly number[]): Record<number, number> {
  return Object.fromEntries([...Map.groupBy(statuses, (one) => one)].map(([k, v]) => [k, v.length]))
}

let people = 0
function enrol(from: string, body: object = {}): Promise<Response> {
  const email = `newcomer${++people}@example.com`
  return send(service, 'POST /accounts', {
    headers: { 'x-forwarded-for': from },
    body: { email, password, ...body },
  })
}

function guess(login: string, from: string, text = 'wrong password'): Promise<Response> {
  return send(service, 'POST /sessions', {
    headers: { 'x-forwarded-for': from },
    body: { login, password: text },
  })
}

/** The seconds to wait, which the header and the sentence must agree on. */
async function waitOf(response: Response): Promise<number> {
  const { code, detail } = (await response.json()) as { code: string; detail: string }
  expect(`${response.status} ${code}`).toBe('429 rate_limited')
  const seconds = Number(response.headers.get('retry-after'))
  expect(detail).toMatch(new RegExp(`^[^.]+\\. Wait ${seconds} seconds?, then try again\\.$`))
  return seconds
}

describe('POST /accounts', () => {
  it('lets a class sign up from one network, then answers 429 before any work (attacks 6)', async () => {
    const points = SIGN_UPS
    const from = (at: number): string => `2001:db8:1:2:${at.toString(16)}::1`
    const answers = await crowd(points + 20, 16, (at) => enrol(from(at)))
    expect(counted(answers.map(({ status }) => status))).toEqual({ 201: points, 429: 20 })
    expect(await waitOf(await enrol(from(1)))).toBeLessThanOrEqual(60)
    expect((await enrol('2001:db8:1:3::1')).status).toBe(201)
  })
  it('reveals to one network a limited number of times that an address is taken (attacks 6)', async () => {
    const points = TAKEN
    const { email } = await newPerson(service)
    const from = '203.0.113.7'
    const answers = await crowd(points, 16, () => enrol(from, { email }))
    expect(counted(answers.map(({ status }) => status))).toEqual({ 409: points })
    // From here on nothing is revealed, about any address
    expect(await waitOf(await enrol(`${from}:4711`, { email }))).toBeGreaterThan(60)
    expect(await waitOf(await enrol(from))).toBeGreaterThan(60)
    expect((await enrol('203.0.113.8')).status).toBe(201)
  })
  it('counts no sign-up that is refused without a hash', async () => {
    const from = '203.0.113.9'
    const bodies = [{ email: 'nobody' }, { password: 'short' }, { username: 'a@b' }]
    for (let at = 0; at < 99; at++) {
      const body = bodies[at % bodies.length] ?? {}
      expect((await enrol(from, body)).status).toBe(400)
    }
    expect((await enrol(from)).status).toBe(201)
  })
})

describe('POST /sessions', () => {
  it('counts an account once, whichever of its logins is typed in whatever case (attacks 7, source 10)', async () => {
    const one = await newPerson(service)
    const username = `vic${++people}`
    expect(
      (await send(service, `PATCH /accounts/${one.id}`, { person: one, body: { username } }))
        .status,
    ).toBe(200)
    const logins = [one.email, username, one.email.toUpperCase(), username.toUpperCase()]
    const login = (at: number): string => logins[at % logins.length] ?? ''
    const from = '203.0.113.20'
    const answers = await crowd(12, 1, (at) => guess(login(at), from))
    expect(answers.map(({ status }) => status).slice(9)).toEqual([401, 429, 429])
    for (const each of logins) {
      expect(await waitOf(await guess(each, from, password))).toBeLessThanOrEqual(300)
    }
    // Who is signed in stays so
    expect((await send(service, 'GET /user/current', { person: one })).status).toBe(200)
    // The current password in a session is none of them: a stranger keeps no one from changing it
    const { cookie, ...headers } = one.headers
    const strange = `${cookie}`.replace(/keyhaven-device=[^;]+/, '')
    const change = await send(service, `PUT /accounts/${one.id}/password`, {
      headers: { ...headers, cookie: strange, 'x-forwarded-for': from },
      body: { current: password, password: 'another horse battery' },
    })
    expect(change.status).toBe(204)
  })
  it('counts a login without an account with the same limits, so 429 does not reveal which accounts exist', async () => {
    const { email } = await newPerson(service)
    const nobody = `nobody${++people}@example.com`
    const statuses = async (logins: readonly string[], from: string): Promise<number[]> => {
      const answers = await crowd(12, 1, (at) => guess(logins[at % logins.length] ?? '', from))
      return answers.map(({ status }) => status)
    }
    const known = await statuses([email, email.toUpperCase()], '203.0.113.30')
    expect(await statuses([nobody, nobody.toUpperCase()], '203.0.113.30')).toEqual(known)
    expect(known).toEqual([...Array<number>(10).fill(401), 429, 429])
  })
  it('counts a malformed login by its network only (source 25)', async () => {
    const answers = await crowd(12, 4, () => guess('no login', '203.0.113.40'))
    expect(counted(answers.map(({ status }) => status))).toEqual({ 401: 12 })
  })
  it.each([
    ['with ports', (at: number) => `203.0.113.50:${50_000 + at}`],
    ['of one /64 with ports', (at: number) => `[2001:db8:5:0::${at + 1}]:${443 + at}`],
    [
      'mapped into IPv6',
      (at: number) => ['203.0.113.51', '::ffff:203.0.113.51', '64:ff9b::cb00:7133'][at % 3] ?? '',
    ],
    ['that are none', (at: number) => `203.0.113.${at}, _hidden${at}`],
  ])('knows one client by addresses %s (reports F3, source 11)', async (name, from) => {
    const login = `${name.replaceAll(' ', '.').replaceAll('/', '')}@example.com`
    const answers = await crowd(13, 1, (at) => guess(login, from(at)))
    expect(answers.map(({ status }) => status).slice(8)).toEqual([401, 401, 429, 429, 429])
  })
  it('records the canonical address in the audit log, or that it is unknown (reports F3)', async () => {
    const rows = await rowsIn(await databaseIn(service.data), 'select distinct address from audit')
    const addresses = rows.map(({ address }) => address)
    expect(addresses).toEqual(expect.arrayContaining(['203.0.113.50', '2001:db8:5::1', 'unknown']))
    for (const address of addresses) expect(String(address)).not.toMatch(/[[\]"%]|\.\d+:|ffff|ff9b/)
  })
  it('keeps no address and no login in its counts', async () => {
    const rows = await rowsIn(await databaseIn(service.data), 'select key from rate_limits')
    expect(rows.length).toBeGreaterThan(30)
    for (const { key } of rows) expect(key).toMatch(/^\w+:[\w-]{43}$/)
  })
})

describe('calls of a person', () => {
  it('change the own profile a limited number of times a minute (attacks 6)', async () => {
    const points = PROFILE_CHANGES
    const one = await newPerson(service)
    const change = (at: number): Promise<Response> =>
      send(service, `PATCH /accounts/${one.id}`, { person: one, body: { name: `name ${at}` } })
    const invalid = { person: one, body: { name: 1 } }
    const malformed = await crowd(20, 4, () => send(service, `PATCH /accounts/${one.id}`, invalid))
    expect(counted(malformed.map(({ status }) => status))).toEqual({ 400: 20 })
    const answers = await crowd(points + 20, 8, change)
    expect(counted(answers.map(({ status }) => status))).toEqual({ 200: points, 429: 20 })
    expect(await waitOf(await change(0))).toBeLessThanOrEqual(60)
    const sql = `select id from audit where action = 'account.changed' and account_id = '${one.id}'`
    expect(await rowsIn(await databaseIn(service.data), sql)).toHaveLength(points)
    // An administrator still can, and the person still ends her other sessions
    const admin = await newPerson(service, 'admin')
    const body = { name: 'by an administrator' }
    const path = `PATCH /accounts/${one.id}`
    expect((await send(service, path, { person: admin, body })).status).toBe(200)
    expect((await send(service, 'DELETE /sessions', { person: one })).status).toBe(204)
  })
})

describe('event streams', () => {
  const open: AbortController[] = []
  // A response that nothing refers to is collected, and its stream ends
  const held: Response[] = []
  const listen = async (call: string, headers: Record<string, string>): Promise<number> => {
    const controller = new AbortController()
    open.push(controller)
    const { signal } = controller
    const [, path = ''] = call.split(' ')
    const response = await fetch(service.address + path, { headers, signal })
    held.push(response)
    if (response.status === 429) expect(await waitOf(response)).toBe(5)
    return response.status
  }
  const endAll = (): void => {
    held.length = 0
    open.splice(0).forEach((one) => one.abort())
  }

  const untilFree = async (listenAgain: () => Promise<number>): Promise<void> => {
    await expect.poll(listenAgain, { timeout: 60_000 }).toBe(200)
  }

  it('are at most 20 of a session, all at once or one by one; then 429 (attacks 10)', async () => {
    const one = await newPerson(service)
    const events = (person: Person): Promise<number> =>
      listen('GET /sessions/current/events', { cookie: person.cookie })
    const head = { method: 'HEAD', headers: { cookie: one.cookie } }
    for (let at = 0; at < 25; at++) {
      expect((await fetch(`${service.address}/sessions/current/events`, head)).status).toBe(200)
    }
    expect(counted(await crowd(60, 60, () => events(one)))).toEqual({ 200: 20, 429: 40 })
    expect(await events(one)).toBe(429)
    expect(await events(await newPerson(service))).toBe(200)
    endAll()
    // Who goes before the answer comes holds no place either
    const signal = AbortSignal.timeout(5)
    const url = `${service.address}/sessions/current/events`
    const leaving = Array.from({ length: 30 }, () => fetch(url, { ...head, method: 'GET', signal }))
    await Promise.allSettled(leaving)
    const again = async (): Promise<object> => {
      const statuses = await crowd(20, 20, () => events(one))
      endAll()
      return counted(statuses)
    }
    await expect.poll(again, { timeout: 60_000 }).toEqual({ 200: 20 })
  })
  it('are at most 100 of an account, however many sessions it has; then 429 (attacks 18)', async () => {
    const one = await newPerson(service)
    const sessions = [one]
    for (let more = 0; more < 6; more++) sessions.push(await signIn(service, one.email))
    const events = (at: number): Promise<number> =>
      listen('GET /sessions/current/events', { cookie: sessions[at % 7]?.cookie ?? '' })
    expect(counted(await crowd(126, 63, events))).toEqual({ 200: 100, 429: 26 })
    const url = `${service.address}/sessions/current/events`
    const refused = await fetch(url, { headers: { cookie: one.cookie } })
    expect(((await refused.json()) as { detail: string }).detail).toMatch(
      /^This account has 100 open event streams, the most that it may have\. Wait 5 seconds/,
    )
    const { cookie } = await newPerson(service)
    expect(await listen('GET /sessions/current/events', { cookie })).toBe(200)
    // Its sessions still work, and a place that is freed can be taken
    expect((await send(service, 'GET /user/current', { person: one })).status).toBe(200)
    endAll()
    const again = async (): Promise<object> => {
      const statuses = await crowd(100, 50, events)
      endAll()
      return counted(statuses)
    }
    await expect.poll(again, { timeout: 60_000 }).toEqual({ 200: 100 })
  })
  it('forbid middleware to transform them, which would hold events back (reports F5)', async () => {
    const key = await service.keyhaven.guards.add('untransformed')
    const { cookie } = await newPerson(service)
    const streams: Record<string, Record<string, string>> = {
      '/sessions/current/events': { cookie },
      '/revocations': { ...bearer(key), accept: 'text/event-stream' },
    }
    for (const [path, headers] of Object.entries(streams)) {
      const response = await fetch(service.address + path, { headers })
      expect(response.headers.get('cache-control'), path).toBe('no-store, no-transform')
      await response.body?.cancel()
    }
  })
  it('are at most 64 of a guard key, all at once or one by one; then 429', async () => {
    const key = await service.keyhaven.guards.add('many')
    const feed = (): Promise<number> =>
      listen('GET /revocations', { ...bearer(key), accept: 'text/event-stream' })
    expect(counted(await crowd(90, 90, feed))).toEqual({ 200: 64, 429: 26 })
    expect(await feed()).toBe(429)
    endAll()
    await untilFree(feed)
    endAll()
  })
})
