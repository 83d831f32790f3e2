import { rmSync } from 'node:fs'
import { defineAccess } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { until } from '@keyhaven/stage/processes/process'
import { bearer, codeOf, newPerson, password, send, signIn } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Person } from '@keyhaven/stage/http/person'
import type { Service } from '@keyhaven/stage/processes/served'
import { setCookies } from '@keyhaven/stage/http/set-cookies'

const access: AnyAccess = defineAccess({
  scopes: ['notes:read'],
  roles: {
    member: ['notes:read'],
    // Each right of support and administration by itself
    writer: ['keyhaven:accounts:read', 'keyhaven:accounts:write'],
    assigner: ['keyhaven:roles:assign'],
    revoker: ['keyhaven:tokens:read', 'keyhaven:tokens:revoke'],
  },
  defaultRoles: ['member'],
})

const data = newFolder()
let service: Service
let admin: Person
let support: Person

beforeAll(async () => {
  service = await serve(data, { access })
  admin = await newPerson(service, 'admin')
  support = await newPerson(service, 'support')
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

const as = (person: Person, call: string, body?: unknown): Promise<Response> =>
  send(service, call, { person, body })

async function items<T = Record<string, unknown>>(person: Person, call: string): Promise<T[]> {
  const response = await as(person, call)
  expect(response.status, call).toBe(200)
  return ((await response.json()) as { items: T[] }).items
}

const isAlive = async (person: Person): Promise<boolean> =>
  (await as(person, 'GET /user/current')).status === 200

/** Signs in with a browser of this kind. */
const from = (email: string, agent: string): Promise<Response> =>
  send(service, 'POST /sessions', {
    body: { login: email, password },
    headers: { 'user-agent': agent },
  })

describe('the account that administrators see (operator 21)', () => {
  it('has roles, dates, the last sign-in and the reason of the status, alone and in lists', async () => {
    const member = await newPerson(service)
    const before = Date.now()
    await signIn(service, member.email)
    const reason = 'taken over'
    await as(admin, `PATCH /accounts/${member.id}`, { status: 'locked', reason })
    const view = (await (await as(support, `GET /accounts/${member.id}`)).json()) as {
      createdAt: string
      lastSignInAt: string
    }
    expect(view).toMatchObject({
      id: member.id,
      email: member.email,
      roles: ['member'],
      status: 'locked',
      statusReason: reason,
    })
    const created = Date.parse(view.createdAt)
    expect(Date.parse(view.lastSignInAt)).toBeGreaterThanOrEqual(Math.max(created, before - 1000))
    expect(await items(support, `GET /accounts?search=${member.email}`)).toEqual([view])
    const never = await service.keyhaven.accounts.create({ email: 'never@example.com', password })
    const seen = await as(support, `GET /accounts/${never.id}`)
    expect(await seen.json()).toMatchObject({ lastSignInAt: null, statusReason: null })
  })
  it('is less for its owner, who is shown neither roles nor the reason', async () => {
    const member = await newPerson(service)
    const view = await (await as(member, `GET /accounts/${member.id}`)).json()
    expect(Object.keys(view as object).toSorted()).toEqual(
      ['email', 'emailVerified', 'href', 'id', 'status'].toSorted(),
    )
  })
})

describe('a list of sessions (operator 21)', () => {
  it('distinguishes two sessions of one minute: address, browser’s name, which is current', async () => {
    const member = await newPerson(service)
    await from(
      member.email,
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    )
    await from(
      member.email,
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0',
    )
    await from(member.email, '<b>Robot</b>/1.0')
    const mine = await items<{ id: string; current: boolean }>(
      member,
      'GET /sessions?sort=createdAt',
    )
    const words = [null, 'Firefox on Linux', 'Edge on Windows', null]
    expect(mine).toHaveLength(words.length)
    // On a busy machine several can be of one moment, in any order
    for (const [at, browser] of words.entries()) {
      const session = { browser, address: '127.0.0.1', current: at === 0 }
      expect(mine).toContainEqual(expect.objectContaining(session))
    }
    const theirs = `GET /accounts/${member.id}/sessions?sort=createdAt`
    expect(await items(support, theirs)).toEqual(mine.map((one) => ({ ...one, current: false })))
    const own = await items<{ id: string }>(support, `GET /accounts/${support.id}/sessions`)
    expect(own).toMatchObject([{ id: support.session, current: true }])
  })
  it('says so of a sign-up too', async () => {
    const agent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1'
    const signedUp = await send(service, 'POST /accounts', {
      body: { email: 'phone@example.com', password },
      headers: { 'user-agent': agent },
    })
    const { account } = (await signedUp.json()) as { account: { id: string } }
    expect(await items(support, `GET /accounts/${account.id}/sessions`)).toMatchObject([
      { browser: 'Safari on iPhone', address: '127.0.0.1' },
    ])
  })
})

describe('GET /audit (operator 21)', () => {
  interface Row {
    readonly id: number
    readonly at: string
    readonly action: string
    readonly account: string | null
    readonly address: string | null
    readonly details: unknown
  }
  /** Rows without their place in the chain, which they get within a second. */
  const audit = async (query: string): Promise<Row[]> => {
    const rows = await items<Row & { number: unknown }>(support, `GET /audit?${query}`)
    return rows.map(({ number: _later, ...row }) => row)
  }

  it('finds by time, from and up to a moment, in any zone', async () => {
    const member = await newPerson(service)
    const of = `account=${member.id}&sort=createdAt`
    let rows = await audit(of)
    expect(rows.map(({ action }) => action)).toEqual(['account.created', 'session.opened'])
    const first = rows[0]?.at ?? ''
    // On a busy machine both can be of one moment
    await until('something happens later', async () => {
      await from(member.email, 'Robot/1.0')
      rows = await audit(of)
      return rows.some((row) => row.at > first)
    })
    const at = rows.at(-1)?.at ?? ''
    const later = rows.filter((row) => row.at >= at)
    expect(await audit(`${of}&from=${at}`)).toEqual(later)
    expect(await audit(`${of}&to=${at}`)).toEqual(rows.filter((row) => row.at < at))
    const there = new Date(Date.parse(at) + 2 * 3_600_000).toISOString().replace('Z', '%2B02:00')
    expect(await audit(`${of}&from=${there}`)).toEqual(later)
    expect(await audit(`${of}&from=2099-01-01`)).toEqual([])
    expect(await audit(`${of}&to=2020-01-01T00:00Z`)).toEqual([])
  })
  it('goes on page by page within a time, in both directions', async () => {
    const { at = '' } = (await audit('limit=1'))[0] ?? {}
    const all = (await audit(`limit=100&to=${at}`)).map(({ id }) => id)
    expect(all.length).toBeGreaterThan(6)
    for (const [sort, wanted] of [
      ['-createdAt', all],
      ['createdAt', all.toReversed()],
    ] as const) {
      const seen: number[] = []
      let cursor = ''
      do {
        const call = `GET /audit?limit=3&to=${at}&sort=${sort}${cursor}`
        const page = (await (await as(support, call)).json()) as {
          items: Row[]
          next: string | null
        }
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.next === null ? '' : `&cursor=${page.next}`
      } while (cursor !== '')
      expect(seen, sort).toEqual(wanted)
    }
  })
  it('finds by address in any spelling', async () => {
    const rows = await audit('address=::ffff:127.0.0.1&limit=100')
    expect(rows.length).toBeGreaterThan(0)
    expect(new Set(rows.map(({ address }) => address))).toEqual(new Set(['127.0.0.1']))
    expect(await audit('address=192.0.2.9')).toEqual([])
  })
  it('finds an account by its e-mail address or user name too', async () => {
    const member = await newPerson(service)
    await as(member, `PATCH /accounts/${member.id}`, { username: 'Finder' })
    const rows = await audit(`account=${member.id}`)
    expect(rows.length).toBeGreaterThan(2)
    expect(await audit(`account=%20${member.email.toUpperCase()}`)).toEqual(rows)
    expect(await audit('account=finder')).toEqual(rows)
    expect(await audit(`actor=${member.email}`)).toEqual(await audit(`actor=${member.id}`))
  })
  it('finds failed sign-ins with a login of no account, and contains only its keyed hash (16.3.1)', async () => {
    const typo = 'mallroy@example.com'
    for (const login of [typo, typo.toUpperCase(), 'somebody.else@example.com']) {
      await send(service, 'POST /sessions', { body: { login, password: 'hunter2hunter2' } })
    }
    const rows = await audit(`account=${typo}`)
    expect(rows).toHaveLength(2)
    expect(rows[0]).toMatchObject({
      action: 'sign_in.failed',
      account: null,
      address: '127.0.0.1',
      details: { login: expect.stringMatching(/^[\w-]{43}$/) },
    })
    expect(rows[1]?.details).toEqual(rows[0]?.details)
    const database = await databaseIn(data)
    const stored = JSON.stringify(await rowsIn(database, 'select * from audit'))
    expect(stored).not.toContain('mallroy')
    expect(stored).not.toContain('hunter2')
  })
  it.each([
    'from=yesterday',
    'to=2026-13-01',
    'from=2026-11-27T10:00',
    'from=2026-11-27&to=2026-11-26',
    'address=localhost',
    'address=127.0.0.1/8',
    'since=2026-11-27',
  ])('refuses ?%s', async (query) => {
    expect(await codeOf(await as(support, `GET /audit?${query}`))).toBe('400 invalid_request')
  })
})

describe('DELETE /sessions/{id}', () => {
  it('ends one session of another user with keyhaven:sessions:end; the others live on', async () => {
    const phone = await newPerson(service)
    const laptop = await signIn(service, phone.email)
    const call = `DELETE /sessions/${phone.session}`
    expect(await codeOf(await as(await newPerson(service, 'writer'), call))).toBe('404 not_found')
    expect((await as(support, call)).status).toBe(204)
    expect([await isAlive(phone), await isAlive(laptop)]).toEqual([false, true])
    expect(await codeOf(await as(support, 'DELETE /sessions/ses_none'))).toBe('404 not_found')
  })
})

describe('acts on an account above one’s rank (H21)', () => {
  it('are refused, whatever the act; reading is not, and nothing has changed', async () => {
    const boss = await newPerson(service, 'admin')
    const writer = await newPerson(service, 'writer')
    const assigner = await newPerson(service, 'assigner')
    const revoker = await newPerson(service, 'revoker')
    const [token] = await items<{ jti: string }>(revoker, `GET /tokens?account=${boss.id}`)
    const refused: readonly (readonly [Person, string, unknown?])[] = [
      [support, `PATCH /accounts/${boss.id}`, { status: 'locked', reason: 'x' }],
      [support, `PATCH /accounts/${boss.id}`, { status: 'active' }],
      [support, `DELETE /accounts/${boss.id}/sessions`],
      [support, `DELETE /accounts/${boss.id}/sessions?everything=true`],
      [support, `DELETE /sessions/${boss.session}`],
      [writer, `PATCH /accounts/${boss.id}`, { name: 'Mallory' }],
      [writer, `POST /accounts/${boss.id}/password-reset`, { reason: 'x' }],
      [assigner, `PUT /accounts/${boss.id}/roles/assigner`],
      [assigner, `DELETE /accounts/${boss.id}/roles/admin`],
      [revoker, `DELETE /tokens/${token?.jti}`],
    ]
    for (const [person, call, body] of refused) {
      const response = await as(person, call, body)
      const problem = (await response.json()) as { code: string; scope: string; detail: string }
      expect(`${response.status} ${problem.code}`, call).toBe('403 insufficient_scope')
      expect(problem.scope, call).toMatch(/^keyhaven:/)
      expect(problem.detail, call).toMatch(/^You lack a right that this account or role has: /)
    }
    expect(await isAlive(boss)).toBe(true)
    expect((await send(service, 'GET /user/current', { headers: bearer(boss.token) })).status).toBe(
      200,
    )
    expect((await as(support, `GET /accounts/${boss.id}`)).status).toBe(200)
    expect((await as(support, `GET /accounts/${boss.id}/sessions`)).status).toBe(200)
  })
  it('are allowed if no scope is missing: on equals, on oneself, and on every account for an administrator', async () => {
    const colleague = await newPerson(service, 'support')
    const lock = { status: 'locked', reason: 'left us' }
    expect((await as(support, `PATCH /accounts/${colleague.id}`, lock)).status).toBe(200)
    const boss = await newPerson(service, 'admin')
    expect((await as(boss, `PATCH /accounts/${boss.id}`, { name: 'Ada' })).status).toBe(200)
    expect((await as(admin, `PATCH /accounts/${boss.id}`, lock)).status).toBe(200)
  })
  it('include giving and taking a role whose reserved scopes one lacks', async () => {
    const assigner = await newPerson(service, 'assigner')
    const member = await newPerson(service)
    for (const role of ['support', 'writer']) {
      const put = await as(assigner, `PUT /accounts/${member.id}/roles/${role}`)
      expect(await codeOf(put), role).toBe('403 insufficient_scope')
      const taken = await as(assigner, `DELETE /accounts/${member.id}/roles/${role}`)
      expect(await codeOf(taken), role).toBe('403 insufficient_scope')
    }
    expect((await as(assigner, `DELETE /accounts/${member.id}/roles/member`)).status).toBe(204)
  })
})

describe('everything=true (H36)', () => {
  it('begins a new era: own sessions end, the current one too, and one entry says so', async () => {
    const phone = await newPerson(service)
    const laptop = await signIn(service, phone.email)
    const database = await databaseIn(data)
    const eras = async (): Promise<number> =>
      (await rowsIn(database, 'select seq from revocations where era is not null')).length
    const before = await eras()
    const left = await as(phone, 'DELETE /sessions?everything=true')
    expect(left.status).toBe(204)
    expect(setCookies(left).some(({ isRemoved }) => isRemoved)).toBe(true)
    expect([await isAlive(phone), await isAlive(laptop)]).toEqual([false, false])
    for (const { token } of [phone, laptop]) {
      const answer = await send(service, 'GET /user/current', { headers: bearer(token) })
      expect(await codeOf(answer)).toBe('401 session_ended')
    }
    await until('its entry has a number', async () => (await eras()) === before + 1)
    // The account itself is as it was
    expect(await isAlive(await signIn(service, phone.email))).toBe(true)
  })
  it('does the same for another user, and keeps status and reason of the account', async () => {
    const member = await newPerson(service)
    const call = `DELETE /accounts/${member.id}/sessions?everything=true&reason=stolen%20laptop`
    expect((await as(support, call)).status).toBe(204)
    expect(await isAlive(member)).toBe(false)
    const [row] = await items(support, `GET /audit?account=${member.id}&limit=1`)
    expect(row).toMatchObject({
      action: 'sessions.ended',
      actor: support.id,
      reason: 'stolen laptop',
      details: { ended: { sessions: 1 }, everything: true },
    })
    const view = await as(support, `GET /accounts/${member.id}`)
    expect(await view.json()).toMatchObject({ status: 'active', statusReason: null })
  })
  it('ends what hangs below a session without it too: its tokens are refused', async () => {
    const phone = await newPerson(service)
    const laptop = await signIn(service, phone.email)
    expect((await as(phone, 'DELETE /sessions?include=current')).status).toBe(204)
    const tablet = await signIn(service, phone.email)
    expect((await as(support, `DELETE /accounts/${phone.id}/sessions`)).status).toBe(204)
    for (const { token } of [phone, laptop, tablet]) {
      const answer = await send(service, 'GET /user/current', { headers: bearer(token) })
      expect(await codeOf(answer)).toBe('401 session_ended')
    }
  })
  it('is true or left out', async () => {
    for (const call of [
      'DELETE /sessions?everything=1',
      `DELETE /accounts/x/sessions?everything=`,
    ]) {
      expect(await codeOf(await as(support, call)), call).toBe('400 invalid_request')
    }
  })
})

describe('the reason of a DELETE (H56)', () => {
  it('comes in the body or as ?reason=, and is in the audit log', async () => {
    const member = await newPerson(service)
    const { session } = await signIn(service, member.email)
    const roles = `/accounts/${member.id}/roles`
    await as(admin, `PUT ${roles}/writer`)
    const [token] = await items<{ jti: string }>(admin, `GET /tokens?account=${member.id}`)
    const reasonsOf = async (action: string): Promise<unknown[]> =>
      (await items(admin, `GET /audit?actor=${admin.id}&action=${action}&limit=2`)).map(
        ({ reason }) => reason,
      )
    for (const [action, one, other] of [
      ['role.removed', `${roles}/member`, `${roles}/writer`],
      ['token.revoked', `/tokens/${token?.jti}`, `/tokens/${token?.jti}`],
      ['session.ended', `/sessions/${member.session}`, `/sessions/${session}`],
      ['sessions.ended', `/accounts/${member.id}/sessions`, `/accounts/${member.id}/sessions`],
    ] as const) {
      expect((await as(admin, `DELETE ${one}`, { reason: 'by body' })).status, action).toBe(204)
      const by = `DELETE ${other}?reason=by%20address`
      expect((await as(admin, by)).status, action).toBe(204)
      expect(await reasonsOf(action), action).toEqual(['by address', 'by body'])
    }
  })
  it('is one reason: two different ones are refused', async () => {
    const member = await newPerson(service)
    const call = `DELETE /sessions/${member.session}?reason=one`
    expect(await codeOf(await as(admin, call, { reason: 'two' }))).toBe('400 invalid_request')
    expect(await codeOf(await as(admin, `DELETE /sessions/${member.session}?reason=`))).toBe(
      '400 invalid_request',
    )
    expect((await as(admin, call, { reason: 'one' })).status).toBe(204)
  })
})
