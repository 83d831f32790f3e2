import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineAccess } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import type { SessionView } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'
import type { Keyhaven } from '@keyhaven/server'
import { codeOf, newPerson, password, send, signIn } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'

const access: AnyAccess = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'], editor: ['notes:*'] },
  defaultRoles: ['member'],
})
const folder = mkdtempSync(join(tmpdir(), 'keyhaven-api-'))
let keyhaven: Keyhaven
let people = 0

beforeAll(async () => {
  const log = testLog()
  keyhaven = await createKeyhaven({
    data: folder,
    folder,
    database: await databaseIn(folder),
    access,
    environment: { NODE_ENV: 'test' },
    log,
  })
})
afterAll(async () => {
  await keyhaven.close()
  rmSync(folder, { recursive: true })
})

async function items<T>(response: Response): Promise<T[]> {
  expect(response.status).toBe(200)
  return ((await response.json()) as { items: T[] }).items
}

describe('my sessions (SES-5)', () => {
  it('lists devices, ends one, ends the others', async () => {
    const phone = await newPerson(keyhaven)
    const laptop = await signIn(keyhaven, phone.email)
    const tablet = await signIn(keyhaven, phone.email)
    const list = await items<{ id: string; current: boolean }>(await phone.ask('GET /sessions'))
    expect(list.map(({ id }) => id).toSorted()).toEqual(
      [phone.session, laptop.session, tablet.session].toSorted(),
    )
    expect(list.filter(({ current }) => current).map(({ id }) => id)).toEqual([phone.session])
    expect((await phone.ask(`DELETE /sessions/${laptop.session}`)).status).toBe(204)
    expect(await codeOf(await laptop.ask('GET /user/current'))).toBe('401 session_ended')
    expect((await phone.ask('DELETE /sessions')).status).toBe(204)
    expect(await codeOf(await tablet.ask('GET /user/current'))).toBe('401 session_ended')
    expect((await phone.ask('GET /user/current')).status).toBe(200)
    const left = await phone.ask('DELETE /sessions?include=current')
    expect(setCookies(left).some(({ isRemoved }) => isRemoved)).toBe(true)
  })
  it('answers 404 for another user’s session (A09, 8.2.2)', async () => {
    const [mine, other] = [await newPerson(keyhaven), await newPerson(keyhaven)]
    expect(await codeOf(await mine.ask(`DELETE /sessions/${other.session}`))).toBe('404 not_found')
    expect((await other.ask('GET /user/current')).status).toBe(200)
  })
  it('come in pages', async () => {
    const mine = await newPerson(keyhaven)
    for (let more = 0; more < 4; more++) await signIn(keyhaven, mine.email)
    const seen: string[] = []
    let cursor = ''
    do {
      const response = await mine.ask(`GET /sessions?limit=2${cursor}`)
      const page = (await response.json()) as { items: { id: string }[]; next: string | null }
      expect(page.items.length).toBeLessThanOrEqual(2)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next === null ? '' : `&cursor=${page.next}`
    } while (cursor !== '')
    expect(new Set(seen).size).toBe(5)
    expect(seen).toHaveLength(5)
  })
  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'sort=name', 'foo=1', 'limit=1&limit=2'])(
    'refuse ?%s (H08, 15.3.7)',
    async (query) => {
      const response = await (await newPerson(keyhaven)).ask(`GET /sessions?${query}`)
      expect(await codeOf(response)).toBe('400 invalid_request')
    },
  )
  it('are at most a hundred: the oldest ends', async () => {
    const first = await newPerson(keyhaven)
    for (let more = 0; more < 100; more++) await signIn(keyhaven, first.email)
    expect(await codeOf(await first.ask('GET /user/current'))).toBe('401 session_ended')
  })
})

describe('my account', () => {
  it('is the `sub` resource; another user’s is 404', async () => {
    const [mine, other] = [await newPerson(keyhaven), await newPerson(keyhaven)]
    const account = await mine.ask(`GET /accounts/${mine.id}`)
    expect(await account.json()).toMatchObject({ id: mine.id, email: mine.email, status: 'active' })
    expect(await codeOf(await mine.ask(`GET /accounts/${other.id}`))).toBe('404 not_found')
    expect(await codeOf(await mine.ask(`PATCH /accounts/${other.id}`, { name: 'x' }))).toBe(
      '404 not_found',
    )
  })
  it('takes changes of its profile, and of nothing else (15.3.3)', async () => {
    const mine = await newPerson(keyhaven)
    const change = { name: 'Mira', username: `mira${people}`, profile: { city: 'Graz' } }
    expect(await (await mine.ask(`PATCH /accounts/${mine.id}`, change)).json()).toMatchObject(
      change,
    )
    const gone = await mine.ask(`PATCH /accounts/${mine.id}`, { name: null, profile: null })
    expect(await gone.json()).not.toHaveProperty('name')
    for (const body of [
      { email: 'x@example.com' },
      { roles: ['admin'] },
      { emailVerified: true },
    ]) {
      expect(await codeOf(await mine.ask(`PATCH /accounts/${mine.id}`, body))).toBe(
        '400 invalid_request',
      )
    }
    const taken = await (await newPerson(keyhaven)).ask(`PATCH /accounts/${mine.id}`, {
      status: 'active',
    })
    expect(await codeOf(taken)).toBe('403 insufficient_scope')
  })
})

describe('PUT /accounts/{id}/password', () => {
  it('ends every other session, and gives the one that stays new credentials (S09, SES-4, 6.2.2)', async () => {
    const mine = await newPerson(keyhaven)
    const other = await signIn(keyhaven, mine.email)
    const stolen = { authorization: `Bearer ${mine.token}` }
    const body = { current: password, password: 'new horse battery' }
    const response = await mine.ask(`PUT /accounts/${mine.id}/password`, body)
    expect(response.status).toBe(204)
    expect(setCookies(response).map(({ name }) => name)).toEqual([
      'keyhaven',
      'keyhaven-session',
      'XSRF-TOKEN',
    ])
    expect(await codeOf(await other.ask('GET /user/current'))).toBe('401 session_ended')
    expect((await mine.ask('GET /user/current')).status).toBe(200)
    expect(await codeOf(await send(keyhaven, 'GET /user/current', { headers: stolen }))).toBe(
      '401 token_expired',
    )
    expect(
      (await send(keyhaven, 'POST /sessions', { body: { login: mine.email, password } })).status,
    ).toBe(401)
    const fresh = { login: mine.email, password: body.password }
    expect((await send(keyhaven, 'POST /sessions', { body: fresh })).status).toBe(201)
  })
  it.each([
    [{ current: 'wrong password', password: 'new horse battery' }, '401 invalid_credentials'],
    [{ current: password, password: 'short' }, '400 weak_password'],
    [{ current: password, password: 'password1' }, '400 weak_password'],
    [{ current: password }, '400 invalid_request'],
  ])('refuses %j (P16, P24, 6.2.1, 6.2.3)', async (body, wanted) => {
    const mine = await newPerson(keyhaven)
    expect(await codeOf(await mine.ask(`PUT /accounts/${mine.id}/password`, body))).toBe(wanted)
    expect((await mine.ask('GET /user/current')).status).toBe(200)
  })
  it('refuses a password that is one’s own address', async () => {
    const mine = await newPerson(keyhaven)
    const body = { current: password, password: mine.email.toUpperCase() }
    expect(await codeOf(await mine.ask(`PUT /accounts/${mine.id}/password`, body))).toBe(
      '400 weak_password',
    )
  })
  it('lets one of two changes at once win (S10)', async () => {
    const mine = await newPerson(keyhaven)
    const other = await signIn(keyhaven, mine.email)
    const answers = await Promise.all(
      [mine, other].map((who, at) =>
        who.ask(`PUT /accounts/${mine.id}/password`, {
          current: password,
          password: `new horse ${at} battery`,
        }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 401])
  })
})

describe('administration', () => {
  it('refuses users without the scope, and requests without credentials (A11, 8.2.1)', async () => {
    const member = await newPerson(keyhaven)
    const calls = [
      'GET /accounts',
      `GET /accounts/${member.id}/sessions`,
      `DELETE /accounts/${member.id}/sessions`,
      `PUT /accounts/${member.id}/roles/admin`,
      `DELETE /accounts/${member.id}/roles/member`,
      'GET /tokens',
      'DELETE /tokens/x',
      'GET /audit',
      'GET /keys',
      'POST /keys',
    ]
    for (const call of calls) {
      expect(await codeOf(await member.ask(call)), call).toBe('403 insufficient_scope')
      expect(await codeOf(await send(keyhaven, call)), call).toBe('401 not_signed_in')
    }
  })
  it('finds accounts by part of their address, literally, and by status (1.2.4)', async () => {
    const admin = await newPerson(keyhaven, 'admin')
    const found = await items<{ id: string }>(
      await admin.ask(`GET /accounts?search=${admin.email.toUpperCase()}`),
    )
    expect(found.map(({ id }) => id)).toEqual([admin.id])
    expect(await items(await admin.ask('GET /accounts?search=%25'))).toEqual([])
    expect(await items(await admin.ask('GET /accounts?status=locked&search=nobody'))).toEqual([])
    expect(await codeOf(await admin.ask('GET /accounts?status=asleep'))).toBe('400 invalid_request')
  })
  it('refuses control characters in filters, and trims what it searches for (attacks 12)', async () => {
    const admin = await newPerson(keyhaven, 'admin')
    const blanks = `GET /accounts?search=%20${admin.email}%C2%A0`
    expect((await items(await admin.ask(blanks))).length).toBe(1)
    for (const call of [
      'accounts?search=a%00',
      'accounts?search=%0A',
      'audit?actor=%7F',
      'tokens?account=%00',
    ]) {
      expect(await codeOf(await admin.ask(`GET /${call}`)), call).toBe('400 invalid_request')
    }
  })
  it('locks with a reason: every credential is dead at once, and unlocking revives none (C24, S11, SES-4)', async () => {
    const [admin, mallory] = [await newPerson(keyhaven, 'admin'), await newPerson(keyhaven)]
    const second = await signIn(keyhaven, mallory.email)
    const path = `PATCH /accounts/${mallory.id}`
    expect(await codeOf(await admin.ask(path, { status: 'locked' }))).toBe('400 invalid_request')
    const both = { status: 'locked', reason: 'x', name: 'y' }
    expect(await codeOf(await admin.ask(path, both))).toBe('400 invalid_request')
    const locked = await admin.ask(path, { status: 'locked', reason: 'taken over' })
    const body = (await locked.json()) as { seq: number }
    expect(body).toMatchObject({
      account: { id: mallory.id, status: 'locked' },
      ended: { sessions: 2, apiKeys: 0, delegations: 0 },
    })
    expect(body.seq).toBeGreaterThan(0)
    for (const who of [mallory, second]) {
      expect(await codeOf(await who.ask('GET /user/current'))).toBe('401 account_locked')
      const bearer = { authorization: `Bearer ${who.token}` }
      expect(await codeOf(await send(keyhaven, 'GET /user/current', { headers: bearer }))).toBe(
        '401 account_locked',
      )
    }
    const right = await send(keyhaven, 'POST /sessions', {
      body: { login: mallory.email, password },
    })
    expect(await codeOf(right)).toBe('401 account_locked')
    const guess = { login: mallory.email, password: 'wrong password' }
    const wrong = await send(keyhaven, 'POST /sessions', { body: guess })
    expect(await codeOf(wrong)).toBe('401 invalid_credentials')
    expect((await admin.ask(path, { status: 'active' })).status).toBe(200)
    expect(await codeOf(await mallory.ask('GET /user/current'))).toBe('401 account_locked')
    expect(
      (await send(keyhaven, 'POST /sessions', { body: { login: mallory.email, password } })).status,
    ).toBe(201)
  })
  it('assigns roles that the administrator holds; fewer scopes count at once (C25, 8.3.2)', async () => {
    const [admin, editor] = [await newPerson(keyhaven, 'admin'), await newPerson(keyhaven)]
    expect((await admin.ask(`PUT /accounts/${editor.id}/roles/editor`)).status).toBe(204)
    const more = await signIn(keyhaven, editor.email)
    const view = (await (await more.ask('GET /user/current')).json()) as SessionView
    expect(view).toMatchObject({
      roles: ['editor', 'member'],
      scope: ['notes:read', 'notes:write'],
    })
    expect((await admin.ask(`DELETE /accounts/${editor.id}/roles/editor`)).status).toBe(204)
    const bearer = { authorization: `Bearer ${more.token}` }
    expect(await codeOf(await send(keyhaven, 'GET /user/current', { headers: bearer }))).toBe(
      '401 token_expired',
    )
    const healed = (await (await more.ask('GET /user/current')).json()) as SessionView
    expect(healed.scope).toEqual(['notes:read'])
    expect(await codeOf(await admin.ask(`PUT /accounts/${editor.id}/roles/nonsense`))).toBe(
      '404 not_found',
    )
    expect(await codeOf(await admin.ask(`DELETE /accounts/${editor.id}/roles/editor`))).toBe(
      '404 not_found',
    )
  })
  it('lets support look and lock, and grant nothing (A13)', async () => {
    const [support, member] = [await newPerson(keyhaven, 'support'), await newPerson(keyhaven)]
    expect((await support.ask('GET /accounts')).status).toBe(200)
    const grant = await support.ask(`PUT /accounts/${support.id}/roles/admin`)
    expect(await codeOf(grant)).toBe('403 insufficient_scope')
    const lock = { status: 'disabled', reason: 'asked to' }
    expect((await support.ask(`PATCH /accounts/${member.id}`, lock)).status).toBe(200)
  })
  it('revokes one token, and shows the record of those given out', async () => {
    const [admin, member] = [await newPerson(keyhaven, 'admin'), await newPerson(keyhaven)]
    const tokens = await items<{ jti: string; session: string }>(
      await admin.ask(`GET /tokens?account=${member.id}`),
    )
    expect(tokens).toMatchObject([{ session: member.session }])
    expect((await admin.ask(`DELETE /tokens/${tokens[0]?.jti}`)).status).toBe(204)
    const bearer = { authorization: `Bearer ${member.token}` }
    expect(await codeOf(await send(keyhaven, 'GET /user/current', { headers: bearer }))).toBe(
      '401 token_expired',
    )
    expect((await member.ask('GET /user/current')).status).toBe(200)
    expect(await codeOf(await admin.ask('DELETE /tokens/unknown'))).toBe('404 not_found')
  })
  it('ends all sessions of another user (SES-5)', async () => {
    const [admin, member] = [await newPerson(keyhaven, 'admin'), await newPerson(keyhaven)]
    expect(await items(await admin.ask(`GET /accounts/${member.id}/sessions`))).toHaveLength(1)
    expect((await admin.ask(`DELETE /accounts/${member.id}/sessions`)).status).toBe(204)
    expect(await codeOf(await member.ask('GET /user/current'))).toBe('401 session_ended')
    expect(await codeOf(await admin.ask('GET /accounts/acc_none/sessions'))).toBe('404 not_found')
  })
  it('records the actor, the action, the account and the reason, and never a credential (R99)', async () => {
    const [admin, member] = [await newPerson(keyhaven, 'admin'), await newPerson(keyhaven)]
    await admin.ask(`PATCH /accounts/${member.id}`, { status: 'locked', reason: 'a reason' })
    const response = await admin.ask(`GET /audit?account=${member.id}&limit=100`)
    const text = await response.text()
    const { items: rows } = JSON.parse(text) as {
      items: { action: string; actor: string; reason: string }[]
    }
    expect(rows.map(({ action }) => action)).toEqual([
      'account.status_changed',
      'session.ended',
      'device.reported',
      'session.opened',
      'account.created',
    ])
    expect(rows[0]).toMatchObject({ actor: admin.id, reason: 'a reason' })
    expect(text).not.toContain(member.token)
  })
  it('rotates keys, also in an emergency', async () => {
    const admin = await newPerson(keyhaven, 'admin')
    expect(await codeOf(await admin.ask('POST /keys', { emergency: 'yes' }))).toBe(
      '400 invalid_request',
    )
    expect((await admin.ask('POST /keys')).status).toBe(200)
    const emergency = await admin.ask('POST /keys', { emergency: true })
    const { kid } = (await emergency.json()) as { kid: string }
    const bearer = { authorization: `Bearer ${admin.token}` }
    expect(await codeOf(await send(keyhaven, 'GET /user/current', { headers: bearer }))).toBe(
      '401 token_expired',
    )
    const keys = await items<{ kid: string; state: string }>(await admin.ask('GET /keys'))
    expect(keys.find((key) => key.kid === kid)?.state).toBe('current')
  })
})

describe('the last administrator', () => {
  it('stays: neither role nor status is taken away (409)', async () => {
    const data = mkdtempSync(join(tmpdir(), 'keyhaven-last-'))
    const before = keyhaven
    keyhaven = await createKeyhaven({
      data,
      folder: data,
      database: await databaseIn(data),
      environment: { NODE_ENV: 'test' },
      log: testLog(),
    })
    const admin = await newPerson(keyhaven, 'admin')
    expect(await codeOf(await admin.ask(`DELETE /accounts/${admin.id}/roles/admin`))).toBe(
      '409 conflict',
    )
    const lock = { status: 'locked', reason: 'x' }
    expect(await codeOf(await admin.ask(`PATCH /accounts/${admin.id}`, lock))).toBe('409 conflict')
    const second = await newPerson(keyhaven, 'admin')
    expect((await admin.ask(`DELETE /accounts/${second.id}/roles/admin`)).status).toBe(204)
    await keyhaven.close()
    keyhaven = before
    rmSync(data, { recursive: true })
  })
})

describe('sessions whose time is over', () => {
  it('write their own entries within 2 s', async () => {
    const data = mkdtempSync(join(tmpdir(), 'keyhaven-idle-'))
    const before = keyhaven
    const log = testLog()
    const short = { accessTtl: '1s', idle: '1s' }
    keyhaven = await createKeyhaven({
      data,
      folder: data,
      database: await databaseIn(data),
      environment: { NODE_ENV: 'test' },
      log,
      ...short,
    })
    const { session } = await newPerson(keyhaven)
    const until = Date.now() + 60_000
    const admin = await keyhaven.accounts.create({
      email: 'late@example.com',
      password,
      roles: ['admin'],
    })
    let ended = false
    while (!ended && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      const who = await signIn(keyhaven, admin.email)
      const rows = await items<{ action: string; session: string }>(
        await who.ask('GET /audit?limit=100'),
      )
      ended = rows.some((row) => row.action === 'session.ended' && row.session === session)
    }
    expect(ended).toBe(true)
    await keyhaven.close()
    keyhaven = before
    rmSync(data, { recursive: true })
  })
})
