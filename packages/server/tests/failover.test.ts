import { rmSync } from 'node:fs'
import { createGuard } from '@keyhaven/guard'
import type { RevocationEntry } from '@keyhaven/core/wire'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { openFeed } from '@keyhaven/stage/feed/feed-reader'
import type { FeedReader } from '@keyhaven/stage/feed/feed-reader'
import { keyhaven, run, until } from '@keyhaven/stage/processes/process'
import { standby } from './failover.ts'
import { testLog } from '@keyhaven/stage/processes/log'
import { bearer, codeOf, newPerson, password, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

const log = testLog()
let service: Service
let admin: Person
/** Somebody to whom nothing happens: what is restored for others must not sign them out. */
let bystander: Person
let key: string
let readers: FeedReader[] = []
const errors = vi.spyOn(log, 'error')

beforeEach(async () => {
  errors.mockClear()
  service = await serve(newFolder(), { log })
  admin = await newPerson(service, 'admin')
  bystander = await newPerson(service)
  key = await service.keyhaven.guards.add('notes-api')
})
afterEach(async () => {
  for (const reader of readers) reader.close()
  readers = []
  await service.close()
  rmSync(service.data, { recursive: true })
})

async function current(person: Person, at = service): Promise<string> {
  const response = await send(at, 'GET /user/current', { person })
  return response.ok ? '200' : codeOf(response)
}

async function bearerAt(person: Person): Promise<string> {
  const response = await send(service, 'GET /user/current', { headers: bearer(person.token) })
  return response.ok ? '200' : codeOf(response)
}

async function listen(version?: 2, withKey = key): Promise<FeedReader> {
  const reader = await openFeed(service.address, {
    key: withKey,
    ...(version !== undefined && { version }),
  })
  readers.push(reader)
  if (reader.status === 200) {
    await until('it has caught up', () => reader.heartbeats().length > 0)
  }
  return reader
}

async function logName(): Promise<string> {
  const rows = await rowsIn(
    await databaseIn(service.data),
    "select value from installation where name = 'log'",
  )
  return String(rows[0]?.['value'])
}

/** Does something that is answered, and lets a failover lose it; waits until that is noticed. */
async function losing(work: () => Promise<unknown>): Promise<void> {
  const fallBack = await standby(service)
  const before = await logName()
  await work()
  await fallBack()
  await until('the loss is noticed', async () => (await logName()) !== before)
  await until('it is mended', () => errors.mock.calls.length > 0)
}

async function lock({ id }: Person): Promise<void> {
  const body = { status: 'locked', reason: 'stolen phone' }
  expect((await send(service, `PATCH /accounts/${id}`, { person: admin, body })).status).toBe(200)
}

describe('a failover that lost what was acknowledged (H8)', () => {
  it('undoes no sign-out, and signs no other user out', async () => {
    const person = await newPerson(service)
    await losing(() => send(service, 'DELETE /sessions/current', { person }))
    expect(await current(person)).toBe('401 session_ended')
    expect(await bearerAt(person)).toBe('401 session_ended')
    expect(await current(bystander)).toBe('200')
    expect(await bearerAt(bystander)).toBe('200')
    const [, line] = errors.mock.calls[0] as unknown as [object, string]
    expect(line).toContain('a failover lost its newest writes, or it was restored from a backup')
    const figures = await send(service, 'GET /metrics', { headers: bearer(key) })
    expect(await figures.text()).toMatch(/keyhaven_database_restored_total\{outcome="kept"\} 1$/m)
    const kids = (await listen()).entries().filter(({ kind }) => kind === 'kid')
    expect(kids).toEqual([])
  })

  it('opens no locked account, whose lock keeps its reason', async () => {
    const person = await newPerson(service)
    await losing(() => lock(person))
    expect(await current(person)).toBe('401 account_locked')
    expect(await bearerAt(person)).toBe('401 account_locked')
    const body = { login: person.email, password }
    expect(await codeOf(await send(service, 'POST /sessions', { body }))).toBe('401 account_locked')
    const rows = await rowsIn(
      await databaseIn(service.data),
      `select status, status_reason from accounts where id = '${person.id}'`,
    )
    expect(rows).toEqual([{ status: 'locked', status_reason: 'stolen phone' }])
    expect(await current(bystander)).toBe('200')
    await service.keyhaven.accounts.unlock(person.id)
    expect((await send(service, 'POST /sessions', { body })).status).toBe(201)
  })

  it('goes on with an erasure, which can still be undone', async () => {
    const person = await newPerson(service)
    await losing(async () => {
      const response = await send(service, `DELETE /accounts/${person.id}`, { person })
      expect(response.status).toBe(202)
    })
    expect(await current(person)).toBe('401 account_locked')
    const rows = await rowsIn(
      await databaseIn(service.data),
      `select former_status, status from erasures join accounts on id = account_id where id = '${person.id}'`,
    )
    expect(rows).toEqual([{ former_status: 'active', status: 'disabled' }])
    expect(await service.keyhaven.accounts.keep(person.id)).toEqual({ status: 'active' })
    expect(await current(bystander)).toBe('200')
  })

  it('lets no former password in, and none of the sessions that stood on it', async () => {
    const phone = await newPerson(service)
    const laptop = await signIn(service, phone.email)
    const next = 'another correct horse'
    await losing(async () => {
      const body = { current: password, password: next }
      const call = `PUT /accounts/${phone.id}/password`
      expect((await send(service, call, { person: laptop, body })).status).toBe(204)
    })
    for (const person of [phone, laptop]) expect(await current(person)).toContain('401')
    const offered = (text: string): Promise<Response> =>
      send(service, 'POST /sessions', { body: { login: phone.email, password: text } })
    expect(await codeOf(await offered(password))).toBe('403 password_change_required')
    expect(await codeOf(await offered(next))).toBe('401 invalid_credentials')
    const { link } = await service.keyhaven.accounts.resetPassword(phone.id)
    const third = { token: link.split('#token=')[1], password: 'a third correct horse' }
    const set = await send(service, 'POST /password-resets/confirm', { body: third })
    expect(set.status).toBe(204)
    expect((await offered('a third correct horse')).status).toBe(201)
  })

  it('restores no removed role', async () => {
    const person = await newPerson(service, 'editor')
    await losing(async () => {
      const call = `DELETE /accounts/${person.id}/roles/editor`
      expect((await send(service, call, { person: admin })).status).toBe(204)
    })
    const response = await send(service, 'GET /user/current', { person })
    expect(((await response.json()) as { roles: string[] }).roles).toEqual([])
    expect(await bearerAt(person)).toBe('401 token_expired')
  })

  it('restores no removed role that granted no scope', async () => {
    const person = await newPerson(service, 'editor', 'member')
    await losing(async () => {
      const call = `DELETE /accounts/${person.id}/roles/member`
      expect((await send(service, call, { person: admin })).status).toBe(204)
    })
    const response = await send(service, 'GET /user/current', { person })
    expect(((await response.json()) as { roles: string[] }).roles).toEqual(['editor'])
  })

  it('leaves the token of a sign-in that was lost to its owner, who can end it', async () => {
    const fallBack = await standby(service)
    const person = await newPerson(service)
    await fallBack()
    expect((await send(service, 'DELETE /sessions/current', { person })).status).toBe(204)
    const entries = (await listen()).entries()
    expect(entries).toMatchObject([{ kind: 'sid', id: person.session, code: 'session_ended' }])
    expect(await bearerAt(person)).toBe('401 session_ended')
    // What nobody of ours has signed ends nothing
    const forged = {
      ...person,
      token: '',
      cookie: person.cookie.replace(/\.[^.;]+(?=;|$)/, '.AAAA'),
    }
    expect((await send(service, 'DELETE /sessions/current', { person: forged })).status).toBe(204)
  })

  it('opens no feed for the key of a guard that was removed, and revives no withdrawn signing key', async () => {
    const removed = await service.keyhaven.guards.add('old-api')
    await losing(async () => {
      await service.keyhaven.guards.remove('old-api')
      const body = { emergency: true }
      expect((await send(service, 'POST /keys', { person: admin, body })).status).toBe(200)
    })
    expect((await listen(undefined, removed)).status).toBe(401)
    expect((await listen()).status).toBe(200)
    expect(await bearerAt(bystander)).toBe('401 token_expired')
    expect(await current(bystander)).toBe('200')
  })

  it('admits no machine that was removed (H21)', async () => {
    const environment = {
      KEYHAVEN_DATA: service.data,
      KEYHAVEN_DATABASE: await databaseIn(service.data),
      KEYHAVEN_URL: service.issuer,
    }
    const machines = async (...args: string[]): Promise<string> => {
      const command = run([...keyhaven, 'machines', ...args], { environment })
      expect(await command.exited, command.output()).toBe(0)
      return command.output()
    }
    const added = await machines('add', 'copier', '--scope', 'keyhaven:audit:read', '--json')
    const headers = bearer((JSON.parse(added) as { key: string }).key)
    expect((await send(service, 'GET /audit', { headers })).status).toBe(200)
    const reader = await listen()
    await losing(async () => {
      await machines('remove', 'copier')
      const hasRead = (): boolean => reader.entries().some(({ id }) => id.startsWith('mch_'))
      await until('the service has read the removal', hasRead)
    })
    expect(await codeOf(await send(service, 'GET /audit', { headers }))).toBe('401 token_invalid')
    const repeated = listen().then((again) =>
      again.entries().some(({ id }) => id.startsWith('mch_')),
    )
    expect(await repeated).toBe(true)
  })

  it('withdraws everything if the process that comes back has seen more than was mended', async () => {
    const person = await newPerson(service)
    const fallBack = await standby(service)
    await send(service, 'DELETE /sessions/current', { person })
    await service.close()
    await fallBack()
    // Nobody ran through it: only the mark tells that something is missing
    service = await serve(service.data, { log })
    expect(await current(person)).toBe('401 session_ended')
    expect(await current(bystander)).toBe('401 session_ended')
    expect(await bearerAt(bystander)).toBe('401 token_expired')
    expect((await signIn(service, bystander.email)).token).not.toBe('')
    const figures = await send(service, 'GET /metrics', { headers: bearer(key) })
    expect(await figures.text()).toMatch(/keyhaven_database_restored_total\{outcome="ended"\} 1$/m)
  })

  it('is noticed though the new primary has given the lost numbers to other entries', async () => {
    const person = await newPerson(service)
    const database = await databaseIn(service.data)
    await losing(async () => {
      await send(service, 'DELETE /sessions/current', { person })
      // What the copy holds is brought back below, so the other entry is put into the copy
      const seq = '(select seq from kept_revocation_counter)'
      const other = `${seq} + 1, 'jti', 'another-token-of-the-new-primary', 'token_expired'`
      await changeIn(
        database,
        `insert into kept_revocations (seq, kind, id, code, until) select ${other}, ${Date.now() + 900_000}`,
        'update kept_revocation_counter set seq = seq + 1',
      )
    })
    expect(await current(person)).toBe('401 session_ended')
    expect(await current(bystander)).toBe('200')
    const ids = (await listen()).entries().map(({ id }) => id)
    expect(ids).toEqual(
      expect.arrayContaining(['another-token-of-the-new-primary', person.session]),
    )
  })
})

describe('the era of an account', () => {
  const eras = (entries: readonly RevocationEntry[]) => entries.filter(({ kind }) => kind === 'era')
  const eraOf = ({ token }: Person): string =>
    (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { era: string })
      .era

  it('ends with one entry, whatever is recorded of the account (source 4)', async () => {
    const people = [await newPerson(service)]
    const [person] = people as [Person]
    people.push(await signIn(service, person.email), await signIn(service, person.email))
    const reader = await listen(2)
    const guard = createGuard({
      issuer: service.keyhaven.issuer,
      reach: service.address,
      feedKey: key,
      log: () => {},
    })
    await guard.ready()
    // A failover has forgotten one of the sign-ins
    await changeIn(
      await databaseIn(service.data),
      `delete from tokens where credential_id = '${person.session}'`,
      `delete from credentials where id = '${person.session}'`,
    )
    const before = reader.entries().length
    await lock(person)
    await until('it is sent', () => reader.entries().length > before)
    expect(reader.entries().slice(before)).toMatchObject([
      { kind: 'era', id: eraOf(person), code: 'account_locked' },
    ])
    const url = '/notes'
    for (const { token } of people) {
      const header = (name: string) => (name === 'authorization' ? `Bearer ${token}` : undefined)
      await until('the guard has it', () => !guard.decide({ method: 'GET', url, header }).ok)
      const decision = guard.decide({ method: 'GET', url, header })
      expect(decision).toMatchObject({ refused: { code: 'account_locked' } })
    }
    guard.close()
  })

  it('is sent to a guard of the first version as the sessions that ended, with one number (H6)', async () => {
    const person = await newPerson(service)
    const other = await signIn(service, person.email)
    const [former, present] = [await listen(), await listen(2)]
    const before = former.entries().length
    await lock(person)
    await until('both have it', () => former.entries().length >= before + 2)
    const sent = former.entries().slice(before)
    expect(new Set(sent.map(({ id }) => id))).toEqual(new Set([person.session, other.session]))
    expect(sent.map(({ kind }) => kind)).toEqual(['sid', 'sid'])
    const [era] = eras(present.entries())
    expect(sent.map(({ seq }) => seq)).toEqual([era?.seq, era?.seq])
    // Again after a connection that broke between the two
    const { log: name } = former.heartbeats()[0] ?? { log: '' }
    const resumed = await openFeed(service.address, { key, lastEventId: `${name}:${era?.seq}` })
    readers.push(resumed)
    await until('both come again', () => resumed.heartbeats().length > 0)
    expect(resumed.entries()).toEqual(sent)
    // In a snapshot and as JSON too
    const again = await listen()
    expect(again.entries().filter(({ seq }) => seq === era?.seq)).toHaveLength(2)
    const json = async (version?: string): Promise<RevocationEntry[]> => {
      const headers = { ...bearer(key), ...(version && { 'keyhaven-feed': version }) }
      const response = await send(service, 'GET /revocations', { headers })
      return ((await response.json()) as { entries: RevocationEntry[] }).entries
    }
    expect(eras(await json())).toEqual([])
    expect(eras(await json('2'))).toMatchObject([{ id: eraOf(person) }])
  })

  it('is another after a lock: unlocking revives nothing, and the next lock has its own entry', async () => {
    const person = await newPerson(service)
    await lock(person)
    await service.keyhaven.accounts.unlock(person.id)
    expect(await bearerAt(person)).toBe('401 account_locked')
    const again = await signIn(service, person.email)
    expect(eraOf(again)).not.toBe(eraOf(person))
    expect(await bearerAt(again)).toBe('200')
    await lock(again)
    expect(await bearerAt(again)).toBe('401 account_locked')
  })
})

describe('keyhaven restored (source 3, H28)', () => {
  it('ends every session by a new epoch, in statements that do not grow with their number', async () => {
    const database = await databaseIn(service.data)
    const ids = Array.from({ length: 5000 }, (_, at) => `ses_${at}`)
    const rest = `'session', '${bystander.id}', 'web', 0, 0, ${Date.now() + 3_600_000}, 0`
    const many = ids.map((id) => `('${id}', ${rest})`)
    const browsers = ids.map((id) => `('${id}', 'hash of ${id}', 0, '["pwd"]', 0)`)
    await changeIn(
      database,
      `insert into credentials (id, kind, account_id, client_id, created_at, last_used_at,
         idle_expires_at, epoch) values ${many.join(', ')}`,
      `insert into sessions (credential_id, cookie_sha256, auth_time, amr, remember) values ${browsers.join(', ')}`,
    )
    const fallBack = await standby(service)
    await send(service, 'DELETE /sessions/current', { person: bystander })
    await service.close()
    await fallBack()
    service = await serve(service.data, { log })
    expect(await current(admin)).toBe('401 session_ended')
    // Nothing was written into the sessions
    const live = await rowsIn(
      database,
      'select count(*) as live from credentials where ended_at is null',
    )
    expect(Number(live[0]?.['live'])).toBeGreaterThan(5000)
    const again = await signIn(service, admin.email)
    expect(await current(again)).toBe('200')
    const listed = await send(service, 'GET /sessions', { person: again })
    expect(((await listed.json()) as { items: unknown[] }).items).toHaveLength(1)
    const [, line] = errors.mock.calls.at(-1) as unknown as [object, string]
    expect(line).toMatch(/Changes made between \S+ and \S+ are lost/)
  })
})
