import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RevocationEntry } from '@keyhaven/core/wire'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { backUp, changeIn, databaseIn, empty } from '@keyhaven/stage/databases/databases'
import { openFeed } from '@keyhaven/stage/feed/feed-reader'
import type { FeedReader } from '@keyhaven/stage/feed/feed-reader'
import { until } from '@keyhaven/stage/processes/process'
import { bearer, codeOf, newPerson, password, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve, writeEntries } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

let service: Service
let key: string
let reader: FeedReader | undefined

beforeAll(async () => {
  service = await serve(newFolder())
  key = await service.keyhaven.guards.add('notes-api')
})
afterAll(async () => {
  await service.close()
  rmSync(service.data, { recursive: true })
})
afterEach(() => reader?.close())

async function listen(at = service, withKey = key): Promise<FeedReader> {
  reader = await openFeed(at.address, { key: withKey })
  const opened = reader
  await until('it has caught up', () => opened.heartbeats().length > 0)
  return opened
}

/** The entries that this brings about, once this many have been told. */
async function told(count: number, work: () => Promise<unknown>): Promise<RevocationEntry[]> {
  const listening = await listen()
  const before = listening.entries().length
  await work()
  const entries = (): RevocationEntry[] => listening.entries().slice(before)
  await until(`${count} entries arrive`, () => entries().length >= count)
  return entries()
}

const jtiOf = ({ token }: Person): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string })
    .jti

const current = async (person: Person, at = service): Promise<string> => {
  const response = await send(at, 'GET /user/current', { person })
  return response.status === 200 ? '200' : codeOf(response)
}

async function items<T>(person: Person, call: string, at = service): Promise<T[]> {
  const response = await send(at, call, { person })
  expect(response.status).toBe(200)
  return ((await response.json()) as { items: T[] }).items
}

describe('what is revoked, by level (R40)', () => {
  it('one token: its jti, healed by a renewal', async () => {
    const [admin, person] = [await newPerson(service, 'admin'), await newPerson(service)]
    const jti = jtiOf(person)
    const entries = await told(1, () => send(service, `DELETE /tokens/${jti}`, { person: admin }))
    expect(entries).toMatchObject([{ kind: 'jti', id: jti, code: 'token_expired' }])
    expect(
      await codeOf(await send(service, 'GET /user/current', { headers: bearer(person.token) })),
    ).toBe('401 token_expired')
    expect(await current(person)).toBe('200')
  })
  it('one session: its sid, for as long as its last token could live and a minute (R47)', async () => {
    const person = await newPerson(service)
    const [entry] = await told(1, () => send(service, 'DELETE /sessions/current', { person }))
    expect(entry).toMatchObject({ kind: 'sid', id: person.session, code: 'session_ended' })
    const { exp } = JSON.parse(
      Buffer.from(person.token.split('.')[1] ?? '', 'base64url').toString(),
    ) as { exp: number }
    expect(entry?.until).toBe(exp * 1000 + 60_000)
  })
  it('one account: every session; the answer contains the number of the last entry (R45)', async () => {
    const [admin, phone] = [await newPerson(service, 'admin'), await newPerson(service)]
    const laptop = await signIn(service, phone.email)
    let answer: unknown
    const entries = await told(2, async () => {
      const body = { status: 'locked', reason: 'test' }
      const response = await send(service, `PATCH /accounts/${phone.id}`, { person: admin, body })
      answer = await response.json()
    })
    expect(new Set(entries.map(({ id }) => id))).toEqual(new Set([phone.session, laptop.session]))
    expect(entries.map(({ code }) => code)).toEqual(['account_locked', 'account_locked'])
    expect(answer).toMatchObject({
      account: { id: phone.id, status: 'locked' },
      ended: { sessions: 2, apiKeys: 0, delegations: 0 },
      seq: entries[1]?.seq,
    })
    await service.keyhaven.accounts.unlock(phone.id)
    expect(await current(phone)).toBe('401 account_locked')
  })
  it('fewer scopes: tokens that are accepted only by the leeway too (source 6)', async () => {
    const quick = await serve(newFolder(), { accessTtl: '1s', idle: '60s' })
    const guard = await quick.keyhaven.guards.add('one')
    const admin = await newPerson(quick, 'admin')
    const person = await newPerson(quick, 'editor')
    const { exp } = JSON.parse(
      Buffer.from(person.token.split('.')[1] ?? '', 'base64url').toString(),
    ) as { exp: number }
    await until('its time is over', () => Date.now() / 1000 > exp)
    const reader = await listen(quick, guard)
    const call = `DELETE /accounts/${person.id}/roles/editor`
    await admin.ask('POST /sessions/current/renew')
    expect((await admin.ask(call)).status).toBe(204)
    const ids = (): string[] => reader.entries().map(({ id }) => id)
    await until('its token is revoked', () => ids().includes(jtiOf(person)))
    reader.close()
    await quick.close()
    rmSync(quick.data, { recursive: true })
  })
  it('a password change: the other sessions, and every token of the one that stays (S09)', async () => {
    const phone = await newPerson(service)
    const laptop = await signIn(service, phone.email)
    const body = { current: password, password: 'another correct horse' }
    const entries = await told(2, () =>
      send(service, `PUT /accounts/${phone.id}/password`, { person: phone, body }),
    )
    expect(entries).toMatchObject([
      { kind: 'sid', id: laptop.session, code: 'session_ended' },
      { kind: 'jti', id: jtiOf(phone), code: 'token_expired' },
    ])
  })
  it('fewer scopes: every unexpired token, and no session', async () => {
    const [admin, phone] = [await newPerson(service, 'admin'), await newPerson(service, 'editor')]
    const laptop = await signIn(service, phone.email)
    const entries = await told(2, () =>
      send(service, `DELETE /accounts/${phone.id}/roles/editor`, { person: admin }),
    )
    expect(new Set(entries.map(({ id }) => id))).toEqual(new Set([jtiOf(phone), jtiOf(laptop)]))
    expect(entries.every(({ kind, code }) => kind === 'jti' && code === 'token_expired')).toBe(true)
    expect(await current(phone)).toBe('200')
  })
  it('keys: a planned rotation publishes the next one; an emergency withdraws every other, for ever (P20)', async () => {
    const admin = await newPerson(service, 'admin')
    const listening = await listen()
    const sets = (): string[][] =>
      listening.events
        .filter(({ name }) => name === 'keys')
        .map(({ data }) => (data as { keys: { kid: string }[] }).keys.map(({ kid }) => kid))
    const [[old = ''] = []] = sets()
    await send(service, 'POST /keys', { person: admin, body: {} })
    await until('both arrive', () => sets().at(-1)?.length === 2)
    expect(sets().at(-1)).toContain(old)
    await send(service, 'POST /keys', { person: admin, body: { emergency: true } })
    await until('the new one arrives', () => sets().at(-1)?.length === 1)
    const withdrawn = listening.entries().filter(({ kind }) => kind === 'kid')
    expect(withdrawn).toMatchObject([{ code: 'token_expired' }, { code: 'token_expired' }])
    expect(withdrawn.map(({ id }) => id)).toContain(old)
    expect(sets().at(-1)).not.toContain(old)
    const names = listening.events.map(({ name }) => name)
    expect(names.lastIndexOf('revoke')).toBeLessThan(names.lastIndexOf('keys'))
    for (const { until: end } of withdrawn) expect(end).toBeGreaterThan(Date.now() * 1000)
    expect(await current(admin)).toBe('200')
  })
})

describe('entries that can hit no token any more', () => {
  it('are dropped, those of keys never; a guard that is further behind gets a snapshot', async () => {
    const data = newFolder()
    let running = await serve(data)
    const guard = await running.keyhaven.guards.add('one')
    const admin = await newPerson(running, 'admin')
    await send(running, 'POST /keys', { person: admin, body: { emergency: true } })
    const first = await listen(running, guard)
    const { log, seq } = first.heartbeats()[0] ?? { log: '', seq: 0 }
    expect(first.entries().map(({ kind }) => kind)).toEqual(['kid'])
    first.close()
    await running.close()
    await writeEntries({ data }, 3, Date.now() - 1)
    await writeEntries({ data }, 1)
    // The first service may have purged just before
    await changeIn(await databaseIn(data), 'update jobs set due_at = 0')

    running = await serve(data)
    const left = async (): Promise<number[]> => {
      const response = await send(running, 'GET /revocations', { headers: bearer(guard) })
      const { entries } = (await response.json()) as { entries: RevocationEntry[] }
      return entries.map((entry) => entry.seq)
    }
    await until('they are dropped', async () => (await left()).length === 2)
    expect(await left()).toEqual([seq, seq + 4])
    const names = async (has: number): Promise<string[]> => {
      const lastEventId = `${log}:${has}`
      const resumed = await openFeed(running.address, { key: guard, lastEventId })
      await until('it has caught up', () => resumed.heartbeats().length > 0)
      resumed.close()
      return resumed.events.map(({ name }) => name).slice(0, 3)
    }
    expect(await names(seq)).toEqual(['snapshot', 'keys', 'heartbeat'])
    expect(await names(seq + 2)).toEqual(['snapshot', 'keys', 'heartbeat'])
    expect(await names(seq + 3)).toEqual(['revoke', 'keys', 'heartbeat'])
    await running.close()
    rmSync(data, { recursive: true })
  })
})

describe('ends by a limit (S05, S06, SES-3)', () => {
  it.each([
    { name: 'idle', limits: { accessTtl: '1s', idle: '1s' } },
    { name: 'absolute', limits: { accessTtl: '1s', idle: '1h', absolute: '1s' } },
  ])('are entries within 2 s: $name', async ({ limits }) => {
    const short = await serve(newFolder(), limits)
    const shortKey = await short.keyhaven.guards.add('one')
    const listening = await listen(short, shortKey)
    const { session } = await newPerson(short)
    // A second of life, two until it is written, and what a busy machine adds
    await until('the event arrives', () => listening.entries().some(({ id }) => id === session), 4)
    expect(listening.entries()).toMatchObject([{ kind: 'sid', id: session, code: 'session_ended' }])
    listening.close()
    await short.close()
    rmSync(short.data, { recursive: true })
  })
})

describe('two processes on one database', () => {
  it('the other refuses and sends what one revokes, and refuses a key that one removes', async () => {
    const other = await serve(service.data)
    // A key of its own: what a process has heard of one is shown for 30 s after it has ended
    const elsewhere = await service.keyhaven.guards.add('elsewhere')
    const [person, listening] = [await newPerson(service), await listen(other, elsewhere)]
    expect(await current(person, other)).toBe('200')
    const asked = performance.now()
    await service.keyhaven.sessions.end(person.session)
    await until(
      'the other sends it',
      () => listening.entries().some(({ id }) => id === person.session),
      1,
    )
    process.stdout.write(
      `another process: told after ${(performance.now() - asked).toFixed(0)} ms\n`,
    )
    expect(
      await codeOf(await send(other, 'GET /user/current', { headers: bearer(person.token) })),
    ).toBe('401 session_ended')
    const short = await service.keyhaven.guards.add('short')
    const mine = await listen(other, short)
    await service.keyhaven.guards.remove('short')
    await until('its feed ends there', mine.closed)
    await other.close()
  })
})

interface GuardItem {
  readonly name: string
  readonly log: string | null
  readonly appliedSeq: number | null
  readonly appliedAt: string | null
  readonly age: number | null
  readonly connections: number
  readonly ahead: boolean
}

describe('POST /revocations/applied', () => {
  const report = (body: object, at = service): Promise<Response> =>
    send(at, 'POST /revocations/applied', { headers: bearer(key), body })
  const shown = async (admin: Person, at = service): Promise<GuardItem | undefined> =>
    (await items<GuardItem>(admin, 'GET /guards', at)).find(({ name }) => name === 'notes-api')

  it('is shown by GET /guards, in every process', async () => {
    const admin = await newPerson(service, 'admin')
    const { log, seq } = (await listen()).heartbeats()[0] ?? { log: '', seq: 0 }
    expect((await report({ log, seq })).status).toBe(204)
    // The service may notice later that the feed of a test before was closed
    const isAlone = async (): Promise<boolean> => (await shown(admin))?.connections === 1
    await until('it is the only feed', isAlone)
    const item = await shown(admin)
    expect(item).toMatchObject({ log, appliedSeq: seq, ahead: false })
    expect(item?.age).toBeLessThan(10)
    const first = item?.appliedAt
    await report({ log, seq })
    expect((await shown(admin))?.appliedAt).toBe(first)
    const other = await serve(service.data)
    await until('the other shows it', async () => (await shown(admin, other))?.appliedSeq === seq)
    expect(await shown(admin, other)).toMatchObject({ log, connections: 1, ahead: false })
    await other.close()
  })
  it('takes a log and a number, and nothing else', async () => {
    const bodies = [
      {},
      { log: 'x' },
      { log: 'x', seq: -1 },
      { log: 'x', seq: 0.5 },
      { log: '', seq: 1 },
    ]
    for (const body of [...bodies, { log: 'x', seq: 1, more: 1 }]) {
      expect(await codeOf(await report(body))).toBe('400 invalid_request')
    }
  })
  it('that claims more than the log holds is shown and recorded, once a minute, and decides nothing', async () => {
    const admin = await newPerson(service, 'admin')
    const { log, seq } = (await listen()).heartbeats()[0] ?? { log: '', seq: 0 }
    const claims = [
      { log, seq: seq + 100 },
      { log: 'of-another-database', seq: 1 },
    ]
    for (const claim of claims) {
      expect((await report(claim)).status).toBe(204)
      expect(await shown(admin)).toMatchObject({ appliedSeq: claim.seq, ahead: true })
    }
    const actions = await items<{ action: string; details: object }>(admin, 'GET /audit?limit=100')
    const ahead = actions.filter(({ action }) => action === 'guard.ahead')
    expect(ahead).toMatchObject([{ details: { guard: 'notes-api', seq: seq + 100, newest: seq } }])
    expect(actions.some(({ action }) => action === 'database.restored')).toBe(false)
    expect(await current(admin)).toBe('200')
    await report({ log, seq })
    expect(await shown(admin)).toMatchObject({ appliedSeq: seq, ahead: false })
  })
  it('is for operators who may see it', async () => {
    const person = await newPerson(service)
    expect(await codeOf(await send(service, 'GET /guards', { person }))).toBe(
      '403 insufficient_scope',
    )
  })
})

describe('a database that was put back from a backup (S19)', () => {
  it('is detected by the mark beside it: all keys are withdrawn, all sessions end, a new log begins', async () => {
    const data = newFolder()
    let running = await serve(data)
    const guard = await running.keyhaven.guards.add('one')
    const [admin, person] = [await newPerson(running, 'admin'), await newPerson(running)]
    await running.close()
    const putBack = await backUp(await databaseIn(data))

    running = await serve(data)
    await running.keyhaven.sessions.end(person.session)
    const before = await listen(running, guard)
    const { log, seq } = before.heartbeats().at(-1) ?? { log: '', seq: 0 }
    before.close()
    await running.close()
    expect(readFileSync(join(data, 'revocations.mark'), 'utf8')).toBe(`${log}:${seq}\n`)
    await putBack()

    running = await serve(data)
    expect(await current(person, running)).toBe('401 session_ended')
    expect(await current(admin, running)).toBe('401 session_ended')
    for (const { token } of [admin, person]) {
      const response = await send(running, 'GET /user/current', { headers: bearer(token) })
      expect(await codeOf(response)).toBe('401 token_expired')
    }
    reader = await openFeed(running.address, { key: guard, lastEventId: `${log}:${seq}` })
    const after = reader
    await until('it has caught up', () => after.heartbeats().length > 0)
    expect(after.heartbeats()[0]?.log).not.toBe(log)
    expect(after.entries()).toMatchObject([{ kind: 'kid', code: 'token_expired' }])
    const again = await signIn(running, admin.email)
    const audit = await items<{ action: string; details: object }>(again, 'GET /audit', running)
    expect(audit.find(({ action }) => action === 'database.restored')).toMatchObject({
      details: { formerLog: log, log: after.heartbeats()[0]?.log, epoch: 1 },
    })
    after.close()
    await running.close()

    // It was told once: the next start finds nothing new
    running = await serve(data)
    expect(await current(again, running)).toBe('200')
    // And a backup of before that is told again, though its log is not the newest
    await running.close()
    await putBack()
    running = await serve(data)
    expect(await current(again, running)).toBe('401 token_invalid')
    expect(await current(admin, running)).toBe('401 session_ended')
    await running.close()
    rmSync(data, { recursive: true })
  })
  it('is no new database beside an old mark, nor one that was only stopped', async () => {
    const data = newFolder()
    let running = await serve(data)
    const person = await newPerson(running)
    await running.keyhaven.sessions.end((await signIn(running, person.email)).session)
    await running.close()
    running = await serve(data)
    expect(await current(person, running)).toBe('200')
    await running.close()
    await empty(await databaseIn(data))
    running = await serve(data)
    await newPerson(running)
    await running.close()
    expect(existsSync(join(data, 'revocations.mark'))).toBe(true)
    rmSync(data, { recursive: true })
  })
})

describe('a planned rotation of the signing key (source 21b)', () => {
  it('keeps the former key for as long as any process of the installation made its tokens live', async () => {
    const data = newFolder()
    const long = await serve(data, { accessTtl: '1h' })
    const admin = await newPerson(long, 'admin')
    await long.close()
    // As a command in a shell without the setting
    const short = await serve(data)
    expect((await send(short, 'POST /keys', { person: admin, body: {} })).status).toBe(200)
    const keys = await items<{ signsFrom: string; publishedUntil?: string }>(
      admin,
      'GET /keys',
      short,
    )
    const next = Math.max(...keys.map(({ signsFrom }) => Date.parse(signsFrom)))
    const [until] = keys.flatMap(({ publishedUntil }) => publishedUntil ?? [])
    expect(Date.parse(until ?? '') - next).toBeGreaterThanOrEqual(3_600_000)
    await short.close()
    rmSync(data, { recursive: true })
  })
})
