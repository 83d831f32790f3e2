import { rmSync } from 'node:fs'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { FeedSnapshot, RevocationEntry } from '@keyhaven/core/wire'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  changeIn,
  changing,
  contentsOf,
  databaseIn,
  rowsIn,
} from '@keyhaven/stage/databases/databases'
import { openFeed } from '@keyhaven/stage/feed/feed-reader'
import type { FeedReader } from '@keyhaven/stage/feed/feed-reader'
import { until } from '@keyhaven/stage/processes/process'
import { bearer, codeOf, newPerson, send as sendTo } from '@keyhaven/stage/http/person'
import { newFolder, serve, writeEntries as writeEntriesTo } from '@keyhaven/stage/processes/served'
import type { Call } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

let service: Service
let key: string
let readers: FeedReader[] = []

beforeAll(async () => {
  service = await serve(newFolder())
  key = await service.keyhaven.guards.add('notes-api')
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})
afterEach(() => {
  for (const reader of readers) reader.close()
  readers = []
})

async function feed(opening: Parameters<typeof openFeed>[1] = { key }): Promise<FeedReader> {
  const reader = await openFeed(service.address, opening)
  readers.push(reader)
  return reader
}

/** A feed that has caught up: it has had its first heartbeat. */
async function liveFeed(opening: Parameters<typeof openFeed>[1] = { key }): Promise<FeedReader> {
  const reader = await feed(opening)
  expect(reader.status).toBe(200)
  await until('it has caught up', () => reader.heartbeats().length > 0)
  return reader
}

const send = (call: string, ask?: Call): Promise<Response> => sendTo(service, call, ask)
const writeEntries = (count: number): Promise<void> => writeEntriesTo(service, count)

const consecutive = (numbers: readonly number[]): boolean =>
  numbers.every((number, at) => at === 0 || number === (numbers[at - 1] ?? 0) + 1)

describe('a guard key', () => {
  it('has 256 random bits in base62, is shown once, and lies as its hash alone', async () => {
    expect(key).toMatch(/^khg_[0-9A-Za-z]{43}$/)
    const held = await contentsOf(await databaseIn(service.data))
    expect(held).toContain('notes-api')
    expect(held).not.toContain(key)
  })
  it('opens the feed and nothing else', async () => {
    for (const call of ['GET /user/current', 'GET /guards', 'GET /audit', 'GET /sessions']) {
      expect(await codeOf(await send(call, { headers: bearer(key) }))).toBe('401 token_invalid')
    }
  })
  it('is the only credential that the feed takes', async () => {
    const person = await newPerson(service)
    for (const call of ['GET /revocations', 'POST /revocations/applied']) {
      const body = call.startsWith('POST') ? { log: 'x', seq: 1 } : undefined
      const refused = async (ask: Call): Promise<string> =>
        codeOf(await send(call, { ...ask, ...(body && { body }) }))
      expect(await refused({})).toBe('401 not_signed_in')
      expect(await refused({ headers: bearer(`${key.slice(0, -1)}_`) })).toBe('401 token_invalid')
      expect(await refused({ headers: bearer(`khg_${'0'.repeat(43)}`) })).toBe('401 token_invalid')
      expect(await refused({ headers: bearer('nonsense') })).toBe('401 token_invalid')
      expect(await refused({ headers: bearer(person.token) })).toBe('403 credential_not_allowed')
      expect(await refused({ person })).toBe('403 credential_not_allowed')
    }
  })
  it('has a name of its own', async () => {
    await expect(service.keyhaven.guards.add('notes-api')).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(service.keyhaven.guards.add('two words')).rejects.toMatchObject({
      code: 'invalid_request',
    })
    await expect(service.keyhaven.guards.remove('nobody')).rejects.toMatchObject({
      code: 'not_found',
    })
  })
  it('opens nothing once it is removed, and its open feeds end', async () => {
    const short = await service.keyhaven.guards.add('short-lived')
    const [mine, other] = [await liveFeed({ key: short }), await liveFeed()]
    await service.keyhaven.guards.remove('short-lived')
    await until('its feed ends', mine.closed)
    expect(other.closed()).toBe(false)
    expect((await feed({ key: short })).status).toBe(401)
  })
  it('may hold 64 connections; one more gets Retry-After, and is accepted when one is free', async () => {
    const many = await service.keyhaven.guards.add('many')
    const open = await Promise.all(Array.from({ length: 64 }, () => liveFeed({ key: many })))
    const refused = await send('GET /revocations', {
      headers: { ...bearer(many), accept: 'text/event-stream' },
    })
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(await codeOf(refused)).toBe('429 rate_limited')
    await liveFeed()
    open[0]?.close()
    await until('a place is free', async () => (await feed({ key: many })).status === 200)
  })
})

describe('GET /revocations', () => {
  it('begins with a snapshot, the keys and a heartbeat; then sends each entry, and heartbeats', async () => {
    const person = await newPerson(service)
    const reader = await liveFeed()
    expect(reader.events.map(({ name }) => name).slice(0, 3)).toEqual([
      'snapshot',
      'keys',
      'heartbeat',
    ])
    const [snapshot] = reader.snapshots()
    expect(snapshot).toMatchObject({ more: false, log: expect.stringMatching(/^[\w-]{22}$/) })
    expect(Math.abs((snapshot?.time ?? 0) - Date.now())).toBeLessThan(10_000)
    const jwks = (await (await send('GET /.well-known/jwks.json')).json()) as unknown
    expect(reader.events[1]?.data).toEqual(jwks)
    const { seq } = await service.keyhaven.accounts.lock(person.id, 'test')
    await until('the event arrives', () => reader.entries().some((one) => one.seq === seq))
    const event = reader.events.find(({ name }) => name === 'revoke')
    expect(event?.id).toBe(`${snapshot?.log}:${seq}`)
    expect(event?.data).toMatchObject({
      seq,
      kind: 'sid',
      id: person.session,
      code: 'account_locked',
    })
    await until('heartbeats come', () => reader.heartbeats().length >= 3)
    const beats = reader.heartbeats()
    expect(beats.at(-1)).toMatchObject({ log: snapshot?.log, seq })
    const times = beats.map(({ time }) => time)
    expect(times.toSorted((a, b) => a - b)).toEqual(times)
  })
  it('sends only what its description says', async () => {
    const reader = await liveFeed()
    await service.keyhaven.accounts.lock((await newPerson(service)).id, 'test')
    await until('an event came', () => reader.events.some(({ name }) => name === 'revoke'))
    const description = (await (await send('GET /openapi.json')).json()) as {
      paths: Record<
        string,
        Record<
          string,
          {
            responses: Record<
              string,
              { content: Record<string, { 'x-events': Record<string, object> }> }
            >
          }
        >
      >
      components: { schemas: object }
    }
    const operation = description.paths['/revocations']?.['get']
    const events = operation?.responses['200']?.content['text/event-stream']?.['x-events'] ?? {}
    expect(Object.keys(events)).toEqual(['snapshot', 'revoke', 'keys', 'heartbeat'])
    for (const { name, data } of reader.events) {
      // One event by itself: what it refers to comes along
      const alone = { ...events[name], $defs: description.components.schemas }
      const text = JSON.stringify(alone).replaceAll('#/components/schemas/', '#/$defs/')
      const schema = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0])
      expect(schema.safeParse(data).error, name).toBeUndefined()
    }
  })
  it('gives a large log in pages of at most 1,000 with the number at its start, to guards and to pollers', async () => {
    await writeEntries(2500)
    const reader = await liveFeed()
    const pages = reader.snapshots()
    expect(pages.length).toBeGreaterThanOrEqual(3)
    expect(pages.map(({ more }) => more)).toEqual(pages.map((_page, at) => at < pages.length - 1))
    expect(new Set(pages.map(({ seq }) => seq)).size).toBe(1)
    for (const { entries } of pages) expect(entries.length).toBeLessThanOrEqual(1000)
    const polled: FeedSnapshot[] = []
    let next: string | null = ''
    while (next !== null) {
      const query: string = next === '' ? '' : `?cursor=${encodeURIComponent(next)}`
      const response = await send(`GET /revocations${query}`, {
        headers: { ...bearer(key), accept: 'application/json' },
      })
      expect(response.headers.get('cache-control')).toBe('no-store')
      const page = (await response.json()) as FeedSnapshot & { next: string | null }
      polled.push(page)
      next = page.next
      // What is written meanwhile is not in this snapshot
      if (polled.length === 1) await writeEntries(1)
    }
    expect(new Set(polled.map(({ seq }) => seq)).size).toBe(1)
    expect(polled.flatMap(({ entries }) => entries)).toEqual(
      pages.flatMap(({ entries }) => entries),
    )
    for (const cursor of ['nonsense', 'other:1:2', '1']) {
      const response = await send(`GET /revocations?cursor=${cursor}`, { headers: bearer(key) })
      expect(await codeOf(response)).toBe('400 invalid_request')
    }
  })
  it('resumes after Last-Event-ID, and sends a snapshot if it can’t', async () => {
    const first = await liveFeed()
    const { log, seq } = first.heartbeats().at(-1) ?? { log: '', seq: 0 }
    first.close()
    await writeEntries(3)
    const resumed = await liveFeed({ key, lastEventId: `${log}:${seq}` })
    expect(resumed.snapshots()).toEqual([])
    expect(resumed.entries().map((entry) => entry.seq)).toEqual([seq + 1, seq + 2, seq + 3])
    expect(resumed.events.map(({ name }) => name)).toEqual([
      'revoke',
      'revoke',
      'revoke',
      'keys',
      'heartbeat',
    ])
    const missedNothing = await liveFeed({ key, lastEventId: `${log}:${seq + 3}` })
    expect(missedNothing.events.map(({ name }) => name).slice(0, 2)).toEqual(['keys', 'heartbeat'])
    for (const lastEventId of [`other:${seq}`, 'nonsense', `${log}:-1`, `${log}:9999999`]) {
      const whole = await liveFeed({ key, lastEventId })
      expect(whole.snapshots().at(-1)?.more).toBe(false)
    }
  })
  it('shows no reader a gap, however many write and whenever it joins', async () => {
    const persons = await Promise.all(Array.from({ length: 12 }, () => newPerson(service)))
    const start = (await liveFeed()).heartbeats().at(-1)?.seq ?? 0
    const joining: Promise<FeedReader>[] = []
    const locks = persons.map(async ({ id }, at) => {
      joining.push(liveFeed())
      await service.keyhaven.accounts.lock(id, 'test')
      await writeEntries((at + 1) * 40)
      await service.keyhaven.accounts.unlock(id)
    })
    await Promise.all(locks)
    const all = await Promise.all(joining)
    const last = await liveFeed()
    const end = last.heartbeats().at(-1)?.seq ?? 0
    expect(end).toBeGreaterThanOrEqual(start + 12 + 40 * 78)
    for (const reader of all) {
      await until('it has received all', () => reader.entries().at(-1)?.seq === end)
      const told = reader.events.filter(({ name }) => name === 'revoke')
      const numbers = told.map(({ data }) => (data as { seq: number }).seq)
      const from = reader.snapshots()[0]?.seq ?? 0
      expect(consecutive([from, ...numbers])).toBe(true)
      const ids = new Set(reader.entries().map(({ id }) => id))
      expect(ids).toEqual(new Set(last.entries().map(({ id }) => id)))
    }
  })
  it('drops a listener that takes nothing, and keeps the others', async () => {
    const slow = await service.keyhaven.guards.add('slow')
    const { hostname, port } = new URL(service.address)
    const socket = connect(Number(port), hostname)
    let closed = false
    socket.on('close', () => {
      closed = true
    })
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.pause()
    const head = `Host: x\r\nAuthorization: Bearer ${slow}\r\nAccept: text/event-stream`
    socket.write(`GET /auth/revocations HTTP/1.1\r\n${head}\r\n\r\n`)
    const admin = await newPerson(service, 'admin')
    const connections = async (): Promise<number | undefined> => {
      const list = (await (await send('GET /guards?limit=100', { person: admin })).json()) as {
        items: { name: string; connections: number }[]
      }
      return list.items.find(({ name }) => name === 'slow')?.connections
    }
    await until('it listens', async () => (await connections()) === 1)
    const quick = await liveFeed()
    for (let more = 0; more < 40 && (await connections()) === 1; more++) {
      await writeEntries(4000)
      const { seq } = await newest()
      await until('the other has received all', () => quick.entries().at(-1)?.seq === seq)
    }
    expect(await connections()).toBe(0)
    expect(quick.closed()).toBe(false)
    socket.resume()
    await until('its connection is gone', () => closed)
  })
})

async function newest(): Promise<{ log: string; seq: number }> {
  const response = await send('GET /revocations', { headers: bearer(key) })
  return (await response.json()) as { log: string; seq: number }
}

describe('heartbeats', () => {
  it('stop while the log can’t be read, and what was missed comes before the next (P9)', async () => {
    const reader = await liveFeed()
    const database = await databaseIn(service.data)
    await changeIn(database, 'alter table revocation_counter rename to counter_away')
    await until('the service notices', async () => (await feed()).status === 503)
    const count = reader.heartbeats().length
    // Longer than any heartbeat would be late
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(reader.heartbeats().length).toBe(count)
    await changeIn(database, 'alter table counter_away rename to revocation_counter')
    await writeEntries(1)
    // A heartbeat between the two changes is true, and promises nothing of the entry
    const missed = (): number => reader.events.findIndex(({ name }) => name === 'revoke')
    const beats = (from: number, to?: number): unknown[] =>
      reader.events
        .slice(from, to)
        .flatMap(({ name, data }) => (name === 'heartbeat' ? [data] : []))
    await until('the entry comes', () => missed() >= 0)
    await until('a heartbeat follows', () => beats(missed()).length > 0)
    // Its snapshot had entries too
    const { seq } = (reader.events[missed()] as { readonly data: RevocationEntry }).data
    expect(beats(missed())[0]).toMatchObject({ seq })
    for (const beat of beats(0, missed())) expect(beat).not.toMatchObject({ seq })
  })
  it('go on, and are true, while another process holds the write lock', async () => {
    const reader = await liveFeed()
    const database = await databaseIn(service.data)
    const commit = await changing(database, 'update revocation_counter set seq = seq')
    const count = reader.heartbeats().length
    await until('they come', () => reader.heartbeats().length >= count + 2)
    const [row] = await rowsIn(database, 'select seq from revocation_counter')
    expect(reader.heartbeats().at(-1)?.seq).toBe(Number(row?.['seq']))
    await commit()
  })
})
