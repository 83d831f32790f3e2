import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineAccess } from '@keyhaven/core/access'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { codeOf, newPerson, password, person } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const access = defineAccess({
  scopes: ['notes:read'],
  roles: {
    member: ['notes:read'],
    eraser: ['keyhaven:accounts:read', 'keyhaven:accounts:erase'],
    reader: ['keyhaven:accounts:read', 'keyhaven:accounts:write', 'keyhaven:accounts:lock'],
  },
  defaultRoles: ['member'],
})
const data = newFolder()
let service: Service
let database: string
let eraser: Person

beforeAll(async () => {
  database = await databaseIn(data)
  service = await serve(data, {
    access,
    environment: { NODE_ENV: 'test', KEYHAVEN_TRUST_PROXY: '127.0.0.1' },
  })
  eraser = await newPerson(service, 'eraser')
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

interface Exported {
  readonly account: Readonly<Record<string, unknown>>
  readonly credentials: readonly Readonly<Record<string, unknown>>[]
  readonly tokens: readonly { readonly claims: Readonly<Record<string, unknown>> }[]
  readonly events: readonly Readonly<Record<string, unknown>>[]
  readonly factors: readonly Readonly<Record<string, unknown>>[]
  readonly recoveryCodes: readonly Readonly<Record<string, unknown>>[]
  readonly acts: readonly Readonly<Record<string, unknown>>[]
}

const exported = async (answer: Response): Promise<Exported> => (await answer.json()) as Exported
const old = (by: Person): Promise<void> =>
  changeIn(
    database,
    `update sessions set auth_time = auth_time - 700000 where credential_id = '${by.session}'`,
  )

describe('GET /accounts/{id}/export', () => {
  it('is one file with all that is stored of a person, and no secret (R100, H42)', async () => {
    const owner = person(service, { headers: { 'x-forwarded-for': '10.5.0.1' } })
    await service.keyhaven.accounts.create({
      email: owner.email,
      password,
      username: 'exporting',
      name: 'Ada',
      profile: { town: 'London' },
    })
    await owner.signIn({ device: 'Ada’s phone' })
    const reader = await newPerson(service, 'reader')
    const locked = { status: 'locked', reason: 'a stolen phone' }
    const admin = person(service, {
      email: reader.email,
      headers: { 'x-forwarded-for': '10.5.0.2' },
    })
    await admin.signIn()
    expect((await admin.ask(`PATCH /accounts/${owner.id}`, locked)).status).toBe(200)
    const open = { status: 'active', reason: 'found again' }
    expect((await admin.ask(`PATCH /accounts/${owner.id}`, open)).status).toBe(200)
    await owner.signIn()
    const app = await addApp(owner, database)
    const answer = await owner.ask(`GET /accounts/${owner.id}/export`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ])
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="account-${owner.id}.json"`,
    )
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const text = await answer.text()
    const file = JSON.parse(text) as Exported
    expect(Object.keys(file)).toEqual([
      'issuer',
      'exportedAt',
      'account',
      'credentials',
      'tokens',
      'links',
      'devices',
      'factors',
      'recoveryCodes',
      'mails',
      'events',
      'acts',
    ])
    expect(file.account).toMatchObject({
      id: owner.id,
      email: owner.email,
      username: 'exporting',
      name: 'Ada',
      profile: { town: 'London' },
      roles: ['member'],
      status: 'active',
      statusReason: 'found again',
    })
    expect(file.credentials).toMatchObject([
      { device: 'Ada’s phone', address: '10.5.0.1', endCode: 'account_locked' },
      { id: owner.session, endedAt: null },
    ])
    expect(file.factors).toMatchObject([
      { id: app.id, kind: 'totp', session: owner.session, lastUsedAt: null },
    ])
    expect(file.recoveryCodes).toMatchObject([{ left: 10 }])
    expect(file.tokens.map(({ claims }) => claims['sid'])).toContain(owner.session)
    const [lock] = file.events.filter(({ action }) => action === 'account.status_changed')
    expect(lock).toMatchObject({ by: 'another person', address: null, reason: 'a stolen phone' })
    expect(file.events).toContainEqual(
      expect.objectContaining({ action: 'session.opened', by: null, address: '10.5.0.1' }),
    )
    expect(file.events.at(-1)).toMatchObject({ action: 'account.exported', by: 'you' })
    const [stored] = await rowsIn(database, `select * from accounts where id = '${owner.id}'`)
    const sessions = await rowsIn(database, 'select cookie_sha256 from sessions')
    const [factor] = await rowsIn(database, `select secret from factors where id = '${app.id}'`)
    const codes = await rowsIn(database, 'select code_hmac from recovery_codes')
    const secrets = [
      factor?.['secret'],
      ...codes.map(({ code_hmac }) => code_hmac),
      ...app.recoveryCodes,
      stored?.['password_hash'],
      stored?.['era'],
      ...sessions.map(({ cookie_sha256 }) => cookie_sha256),
      ...owner.cookies.values(),
      admin.id,
      '10.5.0.2',
      'xsrf',
      'argon2',
    ]
    expect(secrets.filter((secret) => text.includes(String(secret)))).toEqual([])
    // What they did to others is there without them
    const acts = await exported(await admin.ask(`GET /accounts/${admin.id}/export`))
    expect(acts.acts.map(({ action }) => action)).toEqual([
      'session.ended',
      'account.status_changed',
      'account.status_changed',
    ])
    expect(acts.acts[0]).toMatchObject({ by: 'you', address: '10.5.0.2' })
    expect(JSON.stringify(acts)).not.toContain(owner.id)
  })

  it('is for others with the scope, a reason and a fresh proof, and audited (H21)', async () => {
    const [target, reader] = [await newPerson(service), await newPerson(service, 'reader')]
    const admin = await newPerson(service, 'admin')
    const call = `GET /accounts/${target.id}/export`
    const why = '?reason=requested%20by%20mail'
    expect(await codeOf(await reader.ask(call + why))).toBe('404 not_found')
    expect(await codeOf(await person(service).ask(call + why))).toMatch(/^401 /)
    expect(await codeOf(await eraser.ask(call))).toBe('400 invalid_request')
    expect(await codeOf(await eraser.ask(`${call}?reason=`))).toBe('400 invalid_request')
    expect(await codeOf(await eraser.ask(`${call}?other=x`))).toBe('400 invalid_request')
    expect(await codeOf(await eraser.ask(`GET /accounts/acc_unknown/export${why}`))).toBe(
      '404 not_found',
    )
    expect(await codeOf(await eraser.ask(`GET /accounts/${admin.id}/export${why}`))).toBe(
      '403 insufficient_scope',
    )
    const answer = await eraser.ask(call + why)
    expect((await exported(answer)).account).toMatchObject({ id: target.id })
    const rows = await rowsIn(
      database,
      `select actor_id, reason from audit where action = 'account.exported' and account_id = '${target.id}'`,
    )
    expect(rows).toEqual([{ actor_id: eraser.id, reason: 'requested by mail' }])
    await old(target)
    expect(await codeOf(await target.ask(call))).toBe('401 step_up_required')
    const late = await newPerson(service, 'eraser')
    await old(late)
    expect(await codeOf(await late.ask(call + why))).toBe('401 step_up_required')
  })

  it('has every row of a large account, which it reads some at a time', async () => {
    const owner = await newPerson(service)
    const rows = 2500
    const numbers = Array.from({ length: rows }, (_, at) => `(${at})`).join(', ')
    const from = `from (values ${numbers}) as numbers`
    const text = (prefix: string) => `'${prefix}' || cast(column1 as text)`
    // Rows that ended long ago may be purged meanwhile
    const now = Date.now()
    await changeIn(
      database,
      `insert into credentials (id, kind, account_id, client_id, created_at, last_used_at, ended_at, end_code, epoch)
       select ${text('ses_many')}, 'session', '${owner.id}', 'web', ${now}, ${now}, ${now}, 'session_ended', 0 ${from}`,
      `insert into audit (at, action, actor_id, account_id) select column1, 'session.opened', '${owner.id}', '${owner.id}' ${from}`,
    )
    const file = await exported(await owner.ask(`GET /accounts/${owner.id}/export`))
    expect(new Set(file.credentials.map(({ id }) => id)).size).toBe(rows + 1)
    expect(file.events.length).toBeGreaterThan(rows)
    // A client that goes away ends the reads
    const { body } = await owner.ask(`GET /accounts/${owner.id}/export`)
    await body?.cancel()
    const head = await owner.ask(`HEAD /accounts/${owner.id}/export`)
    expect(await head.text()).toBe('')
  })
})
