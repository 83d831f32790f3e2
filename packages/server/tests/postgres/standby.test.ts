import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KeyhavenError } from '@keyhaven/core/errors'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { rowsIn } from '@keyhaven/stage/databases/databases'
import { openFeed } from '@keyhaven/stage/feed/feed-reader'
import { startPostgres } from '@keyhaven/stage/databases/postgres'
import type { Postgres } from '@keyhaven/stage/databases/postgres'
import { until } from '@keyhaven/stage/processes/process'
import { testLog } from '@keyhaven/stage/processes/log'
import { bearer, codeOf, newPerson, password, send, signIn } from '@keyhaven/stage/http/person'
import { serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'

const log = testLog()
const errors = vi.spyOn(log, 'error')
const lines = (): string => errors.mock.calls.map(([, line]) => String(line)).join('\n')
let primary: Postgres
let standby: Postgres
let service: Service
let admin: Person
/** Somebody to whom nothing happens. */
let bystander: Person

beforeAll(async () => {
  // A process that is killed loses nothing that it has given to the system; and the service waits for standbys
  primary = await startPostgres({ durable: false })
  // Copied with everything else, so the standby waits for one of its own when it leads
  await asOperator(primary, "alter system set synchronous_standby_names = '*'")
  standby = await startPostgres({ durable: false, from: primary })
  await asOperator(primary, 'select pg_reload_conf()')
  const hosts = [standby, primary].map(({ port }) => `127.0.0.1:${port}`).join(',')
  const database = `postgres://postgres@${hosts}/postgres?target_session_attrs=read-write`
  service = await serve(mkdtempSync(join(tmpdir(), 'keyhaven-standby-')), { log, database })
  admin = await newPerson(service, 'admin')
  bystander = await newPerson(service)
})
afterAll(async () => {
  await service?.close()
  for (const one of [primary, standby]) one?.close()
  if (service) rmSync(service.data, { recursive: true })
})

const asOperator = (server: Postgres, sql: string) => rowsIn(server.url('postgres'), sql)

async function current(person: Person): Promise<string> {
  const response = await send(service, 'GET /user/current', { person })
  return response.ok ? '200' : codeOf(response)
}

const signInWith = async (login: string, offered: string): Promise<string> => {
  const response = await send(service, 'POST /sessions', { body: { login, password: offered } })
  return response.ok ? '201' : codeOf(response)
}

/** What was acknowledged before a failover. */
interface Acknowledged {
  readonly signedOut: Person
  readonly locked: Person
  readonly changed: Person
  readonly editor: Person
  readonly key: string
  /** Signed in as the last. */
  readonly newest: Person
}

const MISSING =
  'database: commits wait for a synchronous standby that is missing (SyncRep in pg_stat_activity): start one'
const NEXT = 'another correct horse'

/** Ends something of everything, after `begin`. */
async function acknowledge(begin: () => Promise<void>): Promise<Acknowledged> {
  const people = [newPerson(service), newPerson(service), newPerson(service), newPerson(service)]
  const [signedOut, locked, changed, newest] = (await Promise.all(people)) as [
    Person,
    Person,
    Person,
    Person,
  ]
  const editor = await newPerson(service, 'editor')
  const name = `api-${editor.id}`
  const key = await service.keyhaven.guards.add(name)
  await begin()
  const calls: [string, object][] = [
    [`DELETE /sessions/current`, { person: signedOut }],
    [
      `PATCH /accounts/${locked.id}`,
      { person: admin, body: { status: 'locked', reason: 'stolen' } },
    ],
    [
      `PUT /accounts/${changed.id}/password`,
      { person: changed, body: { current: password, password: NEXT } },
    ],
    [`DELETE /accounts/${editor.id}/roles/editor`, { person: admin }],
  ]
  for (const [call, what] of calls) expect((await send(service, call, what)).ok, call).toBe(true)
  await service.keyhaven.guards.remove(name)
  return { signedOut, locked, changed, editor, key, newest: await signIn(service, newest.email) }
}

/** Waits until the standby has received everything so far: on a busy machine it lags. */
async function received(): Promise<void> {
  const [end] = await asOperator(primary, 'select pg_current_wal_lsn() as place')
  const reached = `select pg_last_wal_receive_lsn() >= '${String(end?.['place'])}' as reached`
  await until('the standby has everything', async () => {
    const [row] = await asOperator(standby, reached)
    return row?.['reached'] === true
  })
}

/** Why a write was refused. */
async function refusalOf(name: string): Promise<string> {
  try {
    await service.keyhaven.accounts.create({ email: `${name}@example.com`, password })
    return 'written'
  } catch (error) {
    return (error as KeyhavenError).details.reason ?? ''
  }
}

const answers = async (): Promise<void> =>
  until('the service answers', async () => (await current(bystander)) === '200')

async function expectEnded({
  signedOut,
  locked,
  changed,
  editor,
  key,
}: Acknowledged): Promise<void> {
  expect(await current(signedOut)).toBe('401 session_ended')
  const offered = await send(service, 'GET /user/current', { headers: bearer(signedOut.token) })
  expect(await codeOf(offered)).toBe('401 session_ended')
  expect(await current(locked)).toBe('401 account_locked')
  expect(await signInWith(changed.email, password)).not.toBe('201')
  const view = await send(service, 'GET /user/current', { person: editor })
  expect(await view.json()).toMatchObject({ roles: [] })
  expect((await openFeed(service.address, { key })).status).toBe(401)
}

describe('a standby that is promoted when kill -9 has ended its primary (H8)', () => {
  it('lost nothing if it is synchronous: every answer holds, and no user is signed out', async () => {
    const done = await acknowledge(async () => {})
    await primary.killAll()
    standby.promote()
    await answers()
    // It has its primary's settings, and waits for a standby of its own
    expect(await current(bystander)).toBe('200')
    for (const [wave, size] of [
      ['first', 12],
      ['second', 3],
    ] as const) {
      const all = Array.from({ length: size }, (_, at) => refusalOf(`${wave}${at}`))
      for (const cause of await Promise.all(all)) expect(cause).toContain(MISSING)
    }
    expect(await current(bystander)).toBe('200')
    // Those of the first keep their places, so the second adds none to the ten of the pool
    const waiting = "select pid from pg_stat_activity where wait_event = 'SyncRep'"
    const backends = await asOperator(standby, waiting)
    expect(backends.length).toBeLessThanOrEqual(10)
    // The server may end one of them, which must not end the process (H8)
    await asOperator(standby, `select pg_terminate_backend(${String(backends[0]?.['pid'])})`)
    await asOperator(standby, 'alter system reset synchronous_standby_names')
    await asOperator(standby, 'select pg_reload_conf()')
    await until('writes go on', async () => (await signInWith(bystander.email, password)) === '201')
    await expectEnded(done)
    expect(await current(done.newest)).toBe('200')
    expect(lines()).not.toContain('lacks revocations')
  })

  it('lost the newest writes if it is asynchronous: nothing that was ended comes back', async () => {
    ;[primary, standby] = [
      standby,
      await startPostgres({ durable: false, from: standby, port: primary.port }),
    ]
    let receiver = 0
    const done = await acknowledge(async () => {
      await received()
      receiver = standby.receiver() ?? 0
      process.kill(receiver, 'SIGSTOP')
    })
    await primary.killAll()
    // What lies in its socket is gone with it
    const recovery = standby.recovery()
    process.kill(receiver, 'SIGKILL')
    // The server starts all its processes anew, and would forget to be promoted meanwhile
    await until('it recovers anew', () => ![recovery, undefined].includes(standby.recovery()))
    await until('it answers', () => asOperator(standby, 'select 1').then(Boolean, () => false))
    standby.promote()
    await until('it is mended', () => lines().includes('were appended again'))
    await answers()
    await expectEnded(done)
    expect(await signInWith(done.changed.email, password)).toBe('403 password_change_required')
    expect(await current(done.newest)).toContain('401')
    expect(await signInWith(done.newest.email, password)).toBe('201')
  })
})
