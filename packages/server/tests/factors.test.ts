import { createHmac } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from 'otpauth'
import { defineAccess } from '@keyhaven/core/access'
import type { FactorList, TotpEnrolment } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { addApp, codesOf } from '@keyhaven/stage/http/authenticator-app'
import { codeOf, newPerson, password, person, send, signIn } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { addPasskey, authenticatorAt, signInByPasskey } from '@keyhaven/stage/webauthn/passkeys'

const access = defineAccess({
  scopes: ['notes:read'],
  roles: {
    member: ['notes:read'],
    writer: ['keyhaven:accounts:read', 'keyhaven:accounts:write'],
  },
  defaultRoles: ['member'],
})
const environment = { NODE_ENV: 'test', ...unreachable }
const data = newFolder()
let service: Service
/** Another process, which requires a second factor of accounts with a reserved scope. */
let strict: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  service = await serve(data, { access, environment })
  strict = await serve(data, { access, environment, secondFactor: 'staff' })
})
afterAll(async () => {
  await service?.close()
  await strict?.close()
  rmSync(data, { recursive: true })
})

const CODES = 'POST /factors/recovery-codes'
const gone = '401 session_ended'

async function begin(by: Person): Promise<TotpEnrolment> {
  const answer = await by.ask('POST /factors/totp')
  expect(answer.status).toBe(201)
  return (await answer.json()) as TotpEnrolment
}

const confirm = (by: Person, { id }: TotpEnrolment, code: string, at?: Service) =>
  at === undefined
    ? by.ask(`POST /factors/totp/${id}/confirm`, { code })
    : send(at, `POST /factors/totp/${id}/confirm`, { person: by, body: { code } })

async function factors(by: Person): Promise<FactorList> {
  return (await (await by.ask('GET /factors')).json()) as FactorList
}

async function authTime(by: Person): Promise<unknown> {
  const view = (await (await by.ask('GET /user/current')).json()) as {
    session: { authTime: string }
  }
  return view.session.authTime
}

/** The kinds of mail to a person, and their values. */
async function mailed(by: Person) {
  return (await mails.to(by.email)).map(({ template, values }) => ({ template, ...values }))
}

function audited(by: Person): Promise<Record<string, unknown>[]> {
  const sql = `select action, session_id, actor_id, reason, details from audit
    where account_id = '${by.id}' and action like 'factor.%' order by id`
  return rowsIn(database, sql)
}

const statuses = (answers: readonly Response[]): number[] =>
  answers.map(({ status }) => status).toSorted((one, other) => one - other)

async function secondFactor(email: string, body: object): Promise<Response> {
  const browser = person(service)
  const due = await browser.ask('POST /sessions', { login: email, password })
  expect(await codeOf(due)).toBe('401 second_factor_required')
  return browser.ask('POST /sessions/second-factor', body)
}

/** A code whose six digits no app shows: each of them is one off. */
const wrong = (code: string): string =>
  code.replace(/\d/g, (digit) => String((Number(digit) + 1) % 10))

describe('every change of a second factor', () => {
  it('is mailed and recorded, ends the other sessions, and is no fresh proof (R95)', async () => {
    const owner = await newPerson(service)
    const other = await signIn(service, owner.email)
    const before = await authTime(owner)
    const app = await addApp(owner, database)
    expect(await codeOf(await other.ask('GET /user/current'))).toBe(gone)
    expect(await authTime(owner)).toBe(before)
    const link = expect.stringMatching(/\/pages\/reset$/)
    const added = { template: 'factor-added', factor: 'authenticator app', link }
    expect(await mailed(owner)).toMatchObject([added])

    const third = await secondFactor(owner.email, { totp: await app.next() })
    expect(third.status).toBe(201)
    const renewed = await owner.ask(CODES)
    expect(renewed.status).toBe(201)
    const { recoveryCodes } = (await renewed.json()) as { recoveryCodes: string[] }
    expect(new Set([...recoveryCodes, ...app.recoveryCodes]).size).toBe(20)
    const [former] = app.recoveryCodes
    expect(await codeOf(await secondFactor(owner.email, { recoveryCode: former }))).toBe(
      '401 invalid_credentials',
    )
    const [recoveryCode = ''] = recoveryCodes
    const spoken = recoveryCode.toLowerCase().replace('-', ' ')
    expect((await secondFactor(owner.email, { recoveryCode: spoken })).status).toBe(201)
    expect(await factors(owner)).toMatchObject({ items: [{ id: app.id }], recoveryCodes: 9 })

    expect((await owner.ask(`DELETE /factors/${app.id}`)).status).toBe(204)
    expect(await factors(owner)).toMatchObject({ items: [], recoveryCodes: 0 })
    expect((await signIn(service, owner.email)).id).toBe(owner.id)
    expect(await codeOf(await owner.ask(`DELETE /factors/${app.id}`))).toBe('404 not_found')
    expect(await codeOf(await owner.ask(CODES))).toBe('409 conflict')

    const templates = (await mailed(owner)).map(({ template }) => template)
    expect(templates).toEqual(
      expect.arrayContaining(['factor-added', 'recovery-codes-renewed', 'factor-removed']),
    )
    const rows = (await audited(owner)).filter(
      ({ action }) => action !== 'factor.recovery_code_used',
    )
    expect(rows.map(({ action }) => action)).toEqual([
      'factor.added',
      'factor.recovery_codes_renewed',
      'factor.removed',
    ])
    expect(rows.map(({ details }) => JSON.parse(String(details)) as unknown)).toMatchObject([
      { factor: app.id, kind: 'totp', recoveryCodes: 10, ended: { sessions: 1 } },
      { ended: { sessions: 1 } },
      { factor: app.id, kind: 'totp', recoveryCodes: 9, ended: { sessions: 1 } },
    ])
    expect(rows.map(({ session_id, actor_id }) => [session_id, actor_id])).toEqual(
      rows.map(() => [owner.session, owner.id]),
    )
  })

  it('stores no code, and writes neither secret nor code into the audit log (6.5.2, 6.5.3)', async () => {
    const owner = await newPerson(service)
    const begun = await begin(owner)
    const code = codesOf(begun.secret)()
    const { recoveryCodes } = (await (await confirm(owner, begun, code)).json()) as {
      recoveryCodes: string[]
    }
    const stored = JSON.stringify([
      await rowsIn(database, 'select reason, details from audit'),
      await rowsIn(database, 'select secret, about from factors'),
      await rowsIn(database, 'select code_hmac from recovery_codes'),
    ])
    const secrets = [begun.secret, begun.secret.toLowerCase(), ...recoveryCodes]
    expect(secrets.filter((one) => stored.includes(one))).toEqual([])
    // 50 bits each
    for (const one of recoveryCodes)
      expect(one).toMatch(/^[\dA-HJKMNP-TV-Z]{5}-[\dA-HJKMNP-TV-Z]{5}$/)
    expect(new Set(recoveryCodes).size).toBe(10)
    expect(await mailed(owner)).not.toContainEqual(
      expect.objectContaining({ secret: begun.secret }),
    )
  })
})

describe('DELETE /factors/{id} (6.5.6)', () => {
  it('is fresh, and for the own factors only', async () => {
    const [owner, stranger] = [await newPerson(service), await newPerson(service)]
    const app = await addApp(owner, database)
    expect(await codeOf(await stranger.ask(`DELETE /factors/${app.id}`))).toBe('404 not_found')
    expect(await codeOf(await person(service).ask(`DELETE /factors/${app.id}`))).toMatch(/^401 /)
    await changeIn(
      database,
      `update sessions set auth_time = auth_time - 700000 where credential_id = '${owner.session}'`,
    )
    for (const call of [`DELETE /factors/${app.id}`, CODES, 'POST /factors/totp']) {
      expect(await codeOf(await owner.ask(call)), call).toBe('401 step_up_required')
    }
  })
  it('keeps the last one that is demanded, also of two removed at once', async () => {
    const owner = await newPerson(service)
    const two = [await addApp(owner, database), await addApp(owner, database)]
    expect(two.map(({ recoveryCodes }) => recoveryCodes.length)).toEqual([10, 0])
    await service.keyhaven.accounts.addRole(owner.id, 'writer')
    const removed = await Promise.all(
      two.map(({ id }) => send(strict, `DELETE /factors/${id}`, { person: owner })),
    )
    expect(statuses(removed)).toEqual([204, 409])
    const kept = removed.find(({ status }) => status === 409)
    expect(await kept?.json()).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('Set up another one, then remove this one.'),
    })
    expect(await factors(owner)).toMatchObject({ items: [{ kind: 'totp' }], recoveryCodes: 10 })
  })
})

describe('a code of an authenticator app', () => {
  it('counts in its own step and one beside it by the service’s clock, once, and no older one after it (6.5.1, 6.5.4, 6.5.5, 6.5.8)', async () => {
    const owner = await newPerson(service)
    const app = await addApp(owner, database)
    await app.next()
    const browser = person(service, { email: owner.email })
    const begun = () => browser.ask('POST /sessions', { login: owner.email, password })
    const sent = (totp: string) => browser.ask('POST /sessions/second-factor', { totp })
    await begun()
    // A step may pass meanwhile: three ahead is two then, and one ahead is now
    for (const totp of [app.code(-2), app.code(3)]) {
      expect(await codeOf(await sent(totp))).toBe('401 invalid_credentials')
    }
    const ahead = app.code(1)
    const now = app.code()
    expect((await sent(ahead)).status).toBe(201)
    await begun()
    for (const totp of [ahead, now]) {
      expect(await codeOf(await sent(totp))).toBe('401 invalid_credentials')
    }
  })
  it('is asked for on a known device too (6.3.3, H60)', async () => {
    const owner = await newPerson(service)
    const app = await addApp(owner, database)
    expect((await owner.ask('DELETE /sessions/current')).status).toBe(204)
    expect(owner.cookies.has('keyhaven-device')).toBe(true)
    const due = await owner.ask('POST /sessions', { login: owner.email, password })
    expect(await codeOf(due)).toBe('401 second_factor_required')
    const done = await owner.ask('POST /sessions/second-factor', { totp: await app.next() })
    expect(done.status).toBe(201)
  })
})

describe('the set-up of an authenticator app', () => {
  it('shows a QR code that a reader takes for the secret, whose codes are those of RFC 6238 (R95)', async () => {
    const owner = await newPerson(service)
    const begun = await begin(owner)
    const picture = join(data, 'qr.pgm')
    writeFileSync(picture, drawn(begun.qr))
    const { stdout } = spawnSync('zbarimg', ['--quiet', '--raw', picture], { encoding: 'utf8' })
    expect(stdout.trim()).toBe(begun.uri)
    const uri = new URL(stdout.trim())
    expect(decodeURIComponent(uri.pathname)).toMatch(
      new RegExp(`^/?/?(totp/)?localhost:${owner.email}$`),
    )
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'localhost',
      secret: begun.secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
    const secret = Secret.fromBase32(begun.secret).bytes
    expect(secret.length).toBe(20)
    expect((await confirm(owner, begun, rfc6238(secret))).status).toBe(200)
  })

  it('ends after ten wrong codes, after 15 minutes, and when another one begins', async () => {
    const owner = await newPerson(service)
    const other = await newPerson(service)
    const guessed = await begin(owner)
    const code = codesOf(guessed.secret)
    expect(await codeOf(await confirm(other, guessed, code()))).toBe('404 not_found')
    for (let at = 0; at < 10; at++) {
      const answer = await confirm(owner, guessed, at === 0 ? 'x' : wrong(code()))
      expect(await codeOf(answer)).toBe('401 invalid_credentials')
    }
    expect(await codeOf(await confirm(owner, guessed, code()))).toBe('404 not_found')
    const late = await begin(owner)
    await changeIn(
      database,
      `update factors set created_at = created_at - 960000 where id = '${late.id}'`,
    )
    expect(await codeOf(await confirm(owner, late, codesOf(late.secret)()))).toBe('404 not_found')
    const former = await begin(owner)
    const next = await begin(owner)
    expect(await codeOf(await confirm(owner, former, codesOf(former.secret)()))).toBe(
      '404 not_found',
    )
    expect(await codeOf(await confirm(owner, next, codesOf(former.secret)()))).toBe(
      '401 invalid_credentials',
    )
    // Nine wrong ones do no harm, and what was not confirmed requires nothing
    expect((await factors(owner)).items).toEqual([])
    expect((await signIn(service, owner.email)).id).toBe(owner.id)
    expect((await confirm(owner, next, codesOf(next.secret)())).status).toBe(200)
  })

  it('counts once when it is confirmed twice at once, and the codes that were shown are those that count', async () => {
    const owner = await newPerson(service)
    const begun = await begin(owner)
    const code = codesOf(begun.secret)()
    const answers = await Promise.all([
      confirm(owner, begun, code, service),
      confirm(owner, begun, code, strict),
      confirm(owner, begun, code, service),
    ])
    expect(statuses(answers)).toEqual([200, 404, 404])
    const shown = await Promise.all(
      answers.map((answer) => answer.json() as Promise<{ recoveryCodes?: string[] }>),
    )
    const [recoveryCode] = shown.flatMap(({ recoveryCodes = [] }) => recoveryCodes)
    expect((await secondFactor(owner.email, { recoveryCode })).status).toBe(201)
    const added = (await mailed(owner)).filter(({ template }) => template === 'factor-added')
    expect(added).toHaveLength(1)
  })

  it('brings one set of recovery codes when an app and a passkey are the first at once', async () => {
    const owner = await newPerson(service)
    const begun = await begin(owner)
    const [app, passkey] = await Promise.all([
      confirm(owner, begun, codesOf(begun.secret)(), strict).then((answer) => answer.json()),
      addPasskey(owner, authenticatorAt(service)),
    ])
    const shown = [app as { recoveryCodes?: string[] }, passkey].flatMap(
      ({ recoveryCodes = [] }) => recoveryCodes,
    )
    expect(shown).toHaveLength(10)
    expect((await factors(owner)).items).toHaveLength(2)
    const [recoveryCode] = shown
    expect((await secondFactor(owner.email, { recoveryCode })).status).toBe(201)
  })
})

describe('a reset of the password by mail', () => {
  const fresh = 'another correct horse'
  async function resetOf({ email }: Person): Promise<Response> {
    const browser = person(service, { email, password: fresh })
    expect((await browser.ask('POST /password-resets', { email })).status).toBe(202)
    const { token } = await mails.link(email)
    const done = await browser.ask('POST /password-resets/confirm', { token, password: fresh })
    expect(done.status).toBe(204)
    return browser.ask('POST /sessions', { login: email, password: fresh })
  }
  it('keeps the second factors (6.4.3), and removes those of a person who never confirmed the address (H12)', async () => {
    const owner = await newPerson(service)
    await addApp(owner, database)
    expect(await codeOf(await resetOf(owner))).toBe('401 second_factor_required')
    const stranger = await newPerson(service)
    await addApp(stranger, database)
    const passkey = authenticatorAt(service)
    await addPasskey(stranger, passkey)
    await changeIn(database, `update accounts set email_verified = 0 where id = '${stranger.id}'`)
    expect((await resetOf(stranger)).status).toBe(201)
    const again = await signInByPasskey(person(service), passkey)
    expect(await codeOf(again)).toBe('401 invalid_credentials')
    const row = (await audited(stranger)).at(-1)
    expect(row).toMatchObject({ action: 'factor.dropped', details: '{"factors":2}' })
    const left = `select account_id from recovery_codes where account_id = '${stranger.id}'`
    expect(await rowsIn(database, left)).toEqual([])
  })
})

describe('DELETE /accounts/{id}/factors (6.4.4)', () => {
  const reason = 'lost the phone, ticket 4711'
  const reset = (
    by: Person,
    id: string,
    body: object = { reason },
    query = '',
  ): Promise<Response> => by.ask(`DELETE /accounts/${id}/factors${query}`, body)

  it('lets the password open the account, and ends all of before: sessions, attempts, devices (H20, H21)', async () => {
    const writer = await newPerson(service, 'writer')
    const owner = await newPerson(service)
    const app = await addApp(owner, database)
    const waiting = person(service, { email: owner.email })
    await waiting.ask('POST /sessions', { login: owner.email, password })
    const view = await writer.ask(`GET /accounts/${owner.id}`)
    expect(await view.json()).toMatchObject({ factors: ['totp', 'recovery_code'] })
    expect((await reset(writer, owner.id)).status).toBe(204)
    expect(await codeOf(await owner.ask('GET /user/current'))).toBe(gone)
    const completed = await waiting.ask('POST /sessions/second-factor', { totp: await app.next() })
    expect(await codeOf(completed)).toBe('401 attempt_over')
    const devices = `select id from devices where account_id = '${owner.id}'`
    expect(await rowsIn(database, devices)).toEqual([])
    const again = await signIn(service, owner.email)
    expect(await factors(again)).toMatchObject({ items: [], recoveryCodes: 0 })
    const after = await writer.ask(`GET /accounts?search=${owner.email}`)
    expect(await after.json()).toMatchObject({ items: [{ id: owner.id, factors: [] }] })
    expect((await mailed(owner)).at(-1)).toMatchObject({ template: 'factors-reset' })
    const row = (await audited(owner)).at(-1)
    expect(row).toMatchObject({ action: 'factor.reset', actor_id: writer.id, reason })
    expect(JSON.parse(String(row?.['details']))).toMatchObject({
      factors: 1,
      recoveryCodes: 10,
      ended: { sessions: 1 },
    })
  })
  it('needs the scope, a reason, a fresh proof, and every right that the account has (H21)', async () => {
    const [member, writer] = [await newPerson(service), await newPerson(service, 'writer')]
    const admin = await newPerson(service, 'admin')
    await addApp(admin, database)
    expect(await codeOf(await reset(member, member.id))).toBe('403 insufficient_scope')
    expect(await codeOf(await reset(writer, admin.id))).toBe('403 insufficient_scope')
    expect((await factors(admin)).items).toHaveLength(1)
    expect(await codeOf(await reset(writer, member.id, {}))).toBe('400 invalid_request')
    expect(await codeOf(await reset(writer, 'acc_unknown'))).toBe('404 not_found')
    expect((await reset(admin, member.id, {}, '?reason=by%20address')).status).toBe(204)
    await changeIn(
      database,
      `update sessions set auth_time = auth_time - 700000 where credential_id = '${writer.session}'`,
    )
    expect(await codeOf(await reset(writer, member.id))).toBe('401 step_up_required')
  })
})

/** Draws a QR code, an SVG whose path has one square for each dark module, as a picture of greys. */
function drawn(svg: string): Buffer {
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1])
  const pixels = Buffer.alloc(size * size, 255)
  for (const [, x, y] of svg.matchAll(/M(\d+),(\d+)h10v10h-10z/g)) {
    for (let line = 0; line < 10; line++) {
      const from = (Number(y) + line) * size + Number(x)
      pixels.fill(0, from, from + 10)
    }
  }
  return Buffer.concat([Buffer.from(`P5 ${size} ${size} 255\n`), pixels])
}

/** The code of now, by the words of RFC 6238 and RFC 4226. */
function rfc6238(secret: Uint8Array): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac.readUInt8(19) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
