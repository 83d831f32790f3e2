import { lstatSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineAccess } from '@keyhaven/core/access'
import type { SessionView } from '@keyhaven/core/wire'
import { codeOf, newPerson, password, personOf, send } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import type { Person } from '@keyhaven/stage/http/person'
import { freePort } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const access = defineAccess({
  scopes: ['notes:read', 'notes:write', 'notes:share', 'notes:purge'],
  roles: {
    reader: ['notes:read'],
    writer: ['notes:read', 'notes:write'],
    owner: ['notes:read', 'notes:write', 'notes:share'],
    chief: { extends: 'support', scopes: ['notes:share'] },
  },
  defaultRoles: ['reader'],
})

const data = newFolder()
const victim = join(data, 'keyhaven-victim')
const lines: string[] = []
const newcomers: string[] = []
let service: Service
let host: string
const keyFile = join(data, 'testing.key')
const key = (): string => readFileSync(keyFile, 'utf8').trim()

beforeAll(async () => {
  // What another user of a shared folder may have left in its place
  writeFileSync(victim, 'untouched')
  symlinkSync(victim, keyFile)
  host = `localhost:${await freePort()}`
  service = await serve(data, {
    access,
    url: `http://${host}/auth`,
    testing: 'on',
    notices: 'on',
    announce: (line) => lines.push(line),
    hooks: { afterSignUp: ({ email }) => void newcomers.push(email) },
  })
})
afterAll(async () => {
  await service.close()
  rmSync(data, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Sends exactly these headers; `fetch` would set the host itself. */
function post(
  headers: Readonly<Record<string, string>>,
  { body = '{}', path = '/testing/sessions', method = 'POST', at = service } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const to = new URL(`${at.address}${path}`)
    const usual = { host, 'content-type': 'application/json' }
    request(to, { method, headers: { ...usual, ...headers } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }))
    })
      .on('error', reject)
      .end(method === 'POST' ? body : undefined)
  })
}

const bearer = (value: string = key()): Record<string, string> => ({
  authorization: `Bearer ${value}`,
})

/** The answer to a call with the right key. */
const open = (body: object): Promise<Answer> => post(bearer(), { body: JSON.stringify(body) })

/** A person in a browser that has the cookies of a session for a test. */
async function signedInFor(body: object): Promise<Person> {
  const given = await open(body)
  const answer = new Response(given.text, { status: given.status ?? 0 })
  for (const { line } of setCookies(given)) answer.headers.append('set-cookie', line)
  return personOf(service, answer)
}

/** Path and message of a refusal, with its status and code. */
async function refusal(body: object): Promise<string> {
  const { status, text } = await open(body)
  const { code, errors: [one] = [] } = JSON.parse(text) as {
    code: string
    errors?: { path: string; message: string }[]
  }
  return `${status} ${code} ${one?.path}: ${one?.message}`
}

describe('the key of tests', () => {
  it('is a new file of this user at each start, and no link that was there is followed (H24)', async () => {
    const [before, { mode }] = [key(), statSync(keyFile)]
    expect([lstatSync(keyFile).isSymbolicLink(), mode & 0o777]).toEqual([false, 0o600])
    expect([before.length, readFileSync(victim, 'utf8')]).toEqual([43, 'untouched'])
    expect(lines.filter((line) => line.includes('KEYHAVEN_TESTING'))).toEqual([
      `KEYHAVEN_TESTING is on: a program on this machine that can read ${keyFile} can sign in as any account`,
    ])
    expect(lines.join()).not.toContain(before)
    const folder = newFolder()
    const keys: string[] = []
    for (const testing of ['on', 'on', 'off']) {
      const one = await serve(folder, { testing, secondFactor: 'required' })
      keys.push(readFileSync(join(folder, 'testing.key'), 'utf8').trim())
      if (keys.length === 2) {
        const { text } = await post(
          { ...bearer(keys[1]), host: new URL(one.issuer).host },
          { at: one },
        )
        // As after a complete sign-in by this account
        expect(text).toContain('"amr":["pwd","otp","mfa"]')
      }
      await one.close()
    }
    expect(keys[0]).not.toBe(keys[1])
    expect(keys[2]).toBe(keys[1])
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['no credential', {}, 401, 'not_signed_in'],
    ['another key', { authorization: `Bearer ${'A'.repeat(43)}` }, 401, 'token_invalid'],
    ['an empty key', { authorization: 'Bearer ' }, 401, 'token_invalid'],
    ['a basic credential', { authorization: `Basic ${btoa('a:b')}` }, 401, 'not_signed_in'],
    ['the key as a cookie', { cookie: `keyhaven=${'A'.repeat(43)}` }, 401, 'not_signed_in'],
  ])('is required: %s (H24)', async (_, headers, status, code) => {
    const answer = await post(headers)
    const refused = JSON.parse(answer.text) as { code: string }
    expect([answer.status, refused.code]).toEqual([status, code])
    expect(setCookies(answer)).toEqual([])
  })

  it('is no other credential: an administrator’s own token opens nothing, and the key nothing else (H24)', async () => {
    const admin = await signedInFor({ roles: ['admin'] })
    expect((await post(bearer(admin.token))).status).toBe(401)
    for (const call of ['GET /accounts', 'GET /user/current', 'GET /metrics']) {
      expect((await send(service, call, { headers: bearer() })).status).toBe(401)
    }
  })
})

describe('the call of tests', () => {
  const direct: Readonly<Record<string, string>> = {}
  it.each([
    ['another host, as after DNS rebinding', { host: 'evil.example' }],
    ['another port', { host: 'localhost:1' }],
    ['a forwarded request', { forwarded: 'for=192.0.2.1' }],
    ['a request of a proxy', { 'x-forwarded-for': '127.0.0.1' }],
    ['a host of a proxy', { 'X-Forwarded-Host': 'localhost' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a page of a sibling', { 'sec-fetch-site': 'same-site' }],
  ])('is not there for %s, with the right key (H24)', async (_, headers) => {
    const unknown = await post(headers, { path: '/testing/unknown' })
    for (const method of ['POST', 'GET', 'OPTIONS']) {
      const answer = await post({ ...bearer(), ...headers }, { method })
      expect([answer.status, answer.text]).toEqual([404, unknown.text])
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it.each(['192.0.2.9', 'fd00::9'])('is not there for the machine %s (H24)', async (address) => {
    const init = { method: 'POST', headers: { host, ...bearer() }, body: '{}' }
    const call = new Request(`http://${host}/auth/testing/sessions`, init)
    expect((await service.keyhaven.handler(call, { address })).status).toBe(404)
  })

  it('is there for programs, and for a page of the service itself (H24)', async () => {
    for (const headers of [
      direct,
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-origin' },
    ]) {
      expect((await post({ ...bearer(), ...headers })).status).toBe(201)
    }
    expect((await post(bearer(), { method: 'GET' })).status).toBe(405)
    const { paths } = (await (await send(service, 'GET /openapi.json')).json()) as { paths: object }
    expect(Object.keys(paths)).toContain('/testing/sessions')
  })

  it('is like any unknown path without the setting, also in the description (H24)', async () => {
    const folder = newFolder()
    const one = await serve(folder, { url: `http://${host}/auth` })
    const unknown = await post({}, { path: '/testing/unknown', at: one })
    for (const headers of [{}, bearer()]) {
      const { status, text } = await post(headers, { at: one })
      expect([status, text]).toEqual([404, unknown.text])
    }
    expect(await (await send(one, 'GET /openapi.json')).text()).not.toContain('/testing/')
    await one.close()
    rmSync(folder, { recursive: true })
  })
})

describe('a session for a test', () => {
  it('is as after a sign-in, of a new person each time (P27)', async () => {
    const [ada, ben] = [await signedInFor({}), await signedInFor({})]
    expect(ada.id).not.toBe(ben.id)
    expect([ada.view.roles, ada.view.scope]).toEqual([['reader'], ['notes:read']])
    expect(newcomers).toEqual(expect.arrayContaining([ada.email, ben.email]))
    const usual = await newPerson(service)
    expect([...ada.cookies.keys()]).toEqual([...usual.cookies.keys()])
    for (const [name, attributes] of usual.attributes) {
      const lasts = (text = ''): string => text.replace(/Max-Age=\d+/, 'Max-Age')
      expect(lasts(ada.attributes.get(name))).toBe(lasts(attributes))
    }
    const { ok } = await ada.ask(`PATCH /accounts/${ada.id}`, { name: 'Ada' })
    expect(ok).toBe(true)
    // No notice of a new device reaches the mailbox, which other tests read
    expect(service.keyhaven.settings.mail.notices).toBe(true)
    await ada.ask('DELETE /sessions/current')
    expect((await ben.ask('GET /user/current')).status).toBe(200)
  })

  it.each([
    [{ scopes: ['notes:read'] }, ['reader'], ['notes:read']],
    [{ scopes: ['notes:write', 'notes:read'] }, ['writer'], ['notes:read', 'notes:write']],
    // No role grants only these: the session has fewer scopes than its account
    [{ scopes: ['notes:write'] }, ['writer'], ['notes:write']],
    [{ scopes: ['notes:share'] }, ['owner'], ['notes:share']],
    [{ scopes: ['notes:purge'] }, ['admin'], ['notes:purge']],
    [{ scopes: [] }, [], []],
    [{ roles: ['writer'] }, ['writer'], ['notes:read', 'notes:write']],
    [{ roles: ['owner'], scopes: ['notes:share'] }, ['owner'], ['notes:share']],
    [{ roles: ['support'], scopes: ['keyhaven:audit:read'] }, ['support'], ['keyhaven:audit:read']],
  ])('has exactly what the test names: %j (P27)', async (body, roles, scope) => {
    const { view } = await signedInFor(body)
    expect([view.roles, view.scope]).toEqual([roles, scope])
  })

  it('gets no scope beside those that it names, in no way (H24)', async () => {
    const admin = await signedInFor({ roles: ['admin'], scopes: ['notes:write'] })
    const renewed = await admin.ask('POST /sessions/current/renew')
    expect(((await renewed.json()) as SessionView).scope).toEqual(['notes:write'])
    for (const call of ['GET /accounts', 'GET /audit', 'GET /keys']) {
      expect(await codeOf(await admin.ask(call))).toBe('403 insufficient_scope')
    }
    const other = await signedInFor({})
    const raised = await admin.ask(`PUT /accounts/${other.id}/roles/admin`)
    expect(await codeOf(raised)).toBe('403 insufficient_scope')
    const more = await admin.ask('POST /api-keys', { name: 'k', scope: ['notes:purge'] })
    expect(await codeOf(more)).toBe('403 insufficient_scope')
    const made = await admin.ask('POST /api-keys', { name: 'k' })
    expect(((await made.json()) as { scope: string[] }).scope).toEqual(['notes:write'])
  })

  it.each<[object, string]>([
    [{ scopes: ['notes:raed'] }, 'scopes: “notes:raed” is not a scope: write notes:read.'],
    [
      { scopes: ['keyhaven:everything'] },
      'scopes: “keyhaven:everything” is not a scope: use notes:read',
    ],
    [{ scopes: ['*'] }, 'scopes: “*” is not a scope'],
    [{ scopes: ['notes:*'] }, 'scopes: “notes:*” is not a scope'],
    [{ roles: ['raeder'] }, 'roles: “raeder” is not a role: write reader'],
    [{ roles: ['__proto__'] }, 'roles: “__proto__” is not a role'],
    [
      { roles: ['reader'], scopes: ['notes:share'] },
      'scopes: These roles do not grant “notes:share”: add one of admin, owner, chief',
    ],
    [
      { scopes: ['keyhaven:audit:read'] },
      'scopes: No role is chosen for “keyhaven:audit:read”: name one in `roles`, of admin, support, chief.',
    ],
    [{ account: 'acc_unknown' }, 'account: No account has this id'],
    [{ account: 'a b@example.com' }, 'email: This is not an e-mail address'],
    [{ account: '' }, 'account: The account is empty'],
    [{ account: 'x'.repeat(321) }, 'account: '],
    [{ scopes: Array.from({ length: 201 }, () => 'notes:read') }, 'scopes: '],
    [{ roles: ['x'.repeat(101)] }, 'roles.0: '],
    [{ age: -1 }, 'age: '],
    [{ age: 1e9 }, 'age: '],
    [{ age: 30 * 86_400 }, 'age: A session lives 2592000 seconds at most here'],
    [{ idleIn: 0 }, 'idleIn: '],
    [{ endsIn: 0.5 }, 'endsIn: '],
    [{ password: '' }, 'password: '],
    [{ admin: true }, ''],
  ])('is refused with a sentence, row %# (H24)', async (body, sentence) => {
    const said = await refusal(body)
    expect(said).toMatch(/^400 invalid_request /)
    expect(said).toContain(sentence)
  })

  it('is of the account that the test names, whose roles only grow (P27)', async () => {
    const ada = await signedInFor({ account: 'Ada@Example.com', scopes: ['notes:read'] })
    expect(ada.email).toBe('Ada@Example.com')
    const more = await signedInFor({ account: 'ada@example.com', scopes: ['notes:write'] })
    expect([more.id, more.view.roles, more.view.scope]).toEqual([
      ada.id,
      ['reader', 'writer'],
      ['notes:write'],
    ])
    const same = await signedInFor({ account: ada.id, roles: ['reader'] })
    expect([same.id, same.view.scope]).toEqual([ada.id, ['notes:read']])
    expect((await signedInFor({ account: ada.id })).view.scope).toEqual([
      'notes:read',
      'notes:write',
    ])
    expect((await ada.ask('GET /user/current')).status).toBe(200)
    const named = await signedInFor({ account: 'worker-1' })
    expect(named.email).toBe('worker-1@test.invalid')
    const made = await Promise.all(
      Array.from({ length: 8 }, () => signedInFor({ account: 'crowd' })),
    )
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    await service.keyhaven.accounts.lock(ada.id, 'x')
    expect(JSON.parse((await open({ account: ada.id })).text).code).toBe('account_locked')
  })

  it('has a password if the test gives one, and else none that is known (H24)', async () => {
    const account = 'typist@example.com'
    await signedInFor({ account, password })
    const { status } = await send(service, 'POST /sessions', { body: { login: account, password } })
    expect(status).toBe(201)
    expect((await open({ account, password })).status).toBe(201)
    expect((await open({ account, password: `${password}!` })).status).toBe(409)
    expect((await open({ account: 'weak@example.com', password: '123' })).status).toBe(400)
  })

  it('has the times that the test names: an old proof, and an end soon (P27)', async () => {
    const old = await signedInFor({ age: 660, account: 'old@example.com', password })
    const { authTime, createdAt, absoluteExpiresIn } = old.view.session
    const age = (Date.now() - Date.parse(authTime ?? '')) / 1000
    expect(age).toBeGreaterThan(600)
    expect(Date.parse(createdAt)).toBeLessThan(Date.now() - 600_000)
    expect(absoluteExpiresIn).toBe(30 * 86_400 - 660)
    const late = await old.ask('DELETE /sessions?everything=true')
    expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([
      401,
      'step_up_required',
    ])
    expect((await old.ask('POST /sessions/current/step-up', { password })).status).toBe(200)
    const idle = await signedInFor({ idleIn: 45 })
    expect(idle.view.session).toMatchObject({ expiresIn: 45, idleExpiresIn: 45 })
    await idle.ask('POST /sessions/current/renew')
    const moved = (await (await idle.ask('GET /user/current')).json()) as SessionView
    expect(moved.session.idleExpiresIn).toBeGreaterThan(3600)
    const short = await signedInFor({ endsIn: 1, remember: true })
    expect(short.view.session.absoluteExpiresIn).toBe(1)
    await expect
      .poll(async () => (await short.ask('GET /user/current')).status, { timeout: 20_000 })
      .toBe(401)
  })

  it('is in the audit log and the metrics, as one of tests (H24)', async () => {
    const ada = await signedInFor({ account: 'seen@example.com' })
    await signedInFor({ account: ada.id, roles: ['writer'] })
    const reader = await signedInFor({ roles: ['support'] })
    const rows = await reader.ask(`GET /audit?account=${ada.id}`)
    const { items } = (await rows.json()) as {
      items: { action: string; actor: string }[]
    }
    expect(items.map(({ action, actor }) => `${action} by ${actor}`)).toEqual([
      'session.opened by testing',
      'role.assigned by testing',
      'session.opened by testing',
      'account.created by testing',
    ])
    const feedKey = await service.keyhaven.guards.add('metrics')
    const metrics = await send(service, 'GET /metrics', { headers: bearer(feedKey) })
    expect(await metrics.text()).toMatch(/sign_ins_total\{outcome="signed_in"\} [1-9]/)
  })
})
