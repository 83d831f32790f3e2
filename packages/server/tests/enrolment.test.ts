import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { codesOf } from '@keyhaven/stage/http/authenticator-app'
import { codeOf, password, person } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { authenticatorAt, signInByPasskey } from '@keyhaven/stage/webauthn/passkeys'

const ENROL = 'POST /sessions/second-factor/enrol/totp'
const COMPLETE = 'POST /sessions/second-factor'

const data = newFolder()
const environment = { NODE_ENV: 'test', ...unreachable }
let optional: Service
/** Processes on the same database, with stricter policies. */
let service: Service
let confirmed: Service
let staff: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  optional = await serve(data, { environment })
  service = await serve(data, {
    environment,
    secondFactor: 'required',
    emailSignIn: 'on',
    notices: 'on',
  })
  confirmed = await serve(data, {
    environment,
    secondFactor: 'required',
    emailVerification: 'on',
  })
  staff = await serve(data, { environment, secondFactor: 'staff' })
})
afterAll(async () => {
  for (const one of [optional, service, confirmed, staff]) await one?.close()
  rmSync(data, { recursive: true })
})

/** An account without a factor, and a browser in which its user has signed in before. */
async function member(...roles: string[]): Promise<Person> {
  const by = person(optional)
  const { email } = by
  await optional.keyhaven.accounts.create({ email, password, ...(roles.length > 0 && { roles }) })
  await by.signIn()
  return by
}

/** Signs in by password with the cookies of a browser, where a factor is demanded. */
async function begin(email: string, at: Service = service, known?: Person): Promise<Person> {
  const by = person(at)
  const device = known?.cookies.get('keyhaven-device')
  if (device !== undefined) by.cookies.set('keyhaven-device', device)
  const due = await by.ask('POST /sessions', { login: email, password })
  expect(due.status).toBe(401)
  expect(await due.json()).toMatchObject({
    code: 'second_factor_required',
    factors: [],
    enrol: ['totp', 'passkey'],
  })
  expect([...by.cookies.keys()]).not.toContain('keyhaven-session')
  return by
}

interface Begun {
  readonly id: string
  readonly code: () => string
}

async function enrol(by: Person, body: object = {}): Promise<Begun> {
  const begun = await by.ask(ENROL, body)
  expect(begun.status).toBe(201)
  const { id, secret } = (await begun.json()) as { id: string; secret: string }
  return { id, code: () => codesOf(secret)() }
}

const confirm = (by: Person, { id, code }: Begun, typed = code()): Promise<Response> =>
  by.ask(`${ENROL}/${id}/confirm`, { code: typed })

describe('a sign-in that must set up a second factor (H16)', () => {
  it('goes on at once in a known browser, ends other sessions, and proves nothing more', async () => {
    const owner = await member()
    const by = await begin(owner.email, service, owner)
    await changeIn(
      database,
      `update attempts set created_at = created_at - 300000 where account_id = '${owner.id}'`,
    )
    const app = await enrol(by)
    const done = await confirm(by, app)
    expect(done.status).toBe(201)
    const view = (await done.json()) as Person['view'] & { recoveryCodes: string[] }
    expect(view.recoveryCodes).toHaveLength(10)
    expect(view.session.amr).toEqual(['pwd'])
    expect(Date.now() - Date.parse(view.session.authTime ?? '')).toBeGreaterThanOrEqual(300_000)
    expect(await codeOf(await owner.ask('GET /user/current'))).toBe('401 session_ended')
    expect(await codeOf(await confirm(by, app))).toBe('401 attempt_over')
    const templates = (await mails.to(owner.email)).map(({ template }) => template)
    expect(templates).toContain('factor-added')
    const next = person(service)
    const due = await next.ask('POST /sessions', { login: owner.email, password })
    expect(await due.json()).toMatchObject({ factors: ['totp', 'recovery_code'] })
    const [recoveryCode] = view.recoveryCodes
    expect(await codeOf(await next.ask(ENROL, {}))).toBe('409 conflict')
    expect((await next.ask(COMPLETE, { recoveryCode })).status).toBe(201)
  })

  it('needs a mailed code in an unknown browser, which works five times, ten minutes, and there', async () => {
    const { email } = await member()
    const thief = await begin(email)
    expect(await codeOf(await thief.ask(ENROL, {}))).toBe('401 mail_code_required')
    const [mail] = await mails.to(email)
    expect(mail).toMatchObject({ template: 'enrol-code' })
    const mailCode = String(mail?.values['code'])
    const owner = await begin(email)
    expect(await codeOf(await owner.ask(ENROL, { mailCode }))).toBe('401 invalid_credentials')
    for (let tries = 0; tries < 5; tries++) {
      const wrong = await thief.ask(ENROL, { mailCode: 'AAAA-AAAA' })
      expect(await codeOf(wrong)).toBe('401 invalid_credentials')
    }
    expect(await codeOf(await thief.ask(ENROL, { mailCode }))).toBe('401 invalid_credentials')
    expect(await codeOf(await owner.ask(ENROL, {}))).toBe('401 mail_code_required')
    const { code } = await mails.link(email)
    const [row] = await rowsIn(
      database,
      `select * from links where email = '${email}' order by created_at desc, id desc`,
    )
    expect(Number(row?.['expires_at']) - Number(row?.['created_at'])).toBe(10 * 60_000)
    const app = await enrol(owner, { mailCode: code.toLowerCase() })
    // The code is used up, and the attempt remembers it
    expect(await codeOf(await thief.ask(ENROL, { mailCode: code }))).toBe('401 invalid_credentials')
    const again = await enrol(owner)
    expect(await codeOf(await confirm(thief, again))).toBe('401 mail_code_required')
    expect(await codeOf(await confirm(owner, app))).toBe('404 not_found')
    expect((await confirm(owner, again)).status).toBe(201)
  })

  it('is won by one of two, ends after five codes, a lock, another password and 15 minutes', async () => {
    const owner = await member()
    const one = await begin(owner.email, service, owner)
    const two = await begin(owner.email, service, owner)
    const app = await enrol(one)
    const both = await Promise.all([confirm(one, app), confirm(one, app), confirm(two, app)])
    const won = both.filter(({ status }) => status === 201)
    expect(won).toHaveLength(1)
    expect(await codeOf(await two.ask(ENROL, {}))).toMatch(/^(409 conflict|401 attempt_over)$/)

    const guessed = await member()
    const guesser = await begin(guessed.email, service, guessed)
    const its = await enrol(guesser)
    for (let tries = 0; tries < 5; tries++) {
      expect(await codeOf(await confirm(guesser, its, 'AAAAAA'))).toBe('401 invalid_credentials')
    }
    expect(await codeOf(await confirm(guesser, its))).toBe('401 attempt_over')
    const ADD = 'POST /sessions/second-factor/enrol/passkey'
    const drawing = await begin(guessed.email, service, guessed)
    for (let times = 0; times < 20; times++) await enrol(drawing)
    for (const call of [ENROL, `${ADD}/options`]) {
      expect(await codeOf(await drawing.ask(call, {}))).toBe('401 attempt_over')
    }
    for (let tries = 0; tries < 5; tries++) {
      const answer = await drawing.ask(ADD, { response: {} })
      expect(await codeOf(answer)).toBe('401 invalid_credentials')
    }
    expect(await codeOf(await drawing.ask(ADD, { response: {} }))).toBe('401 attempt_over')

    const ends = [
      (id: string) => `update accounts set status = 'locked' where id = '${id}'`,
      (id: string) =>
        `update accounts set credential_version = credential_version + 1 where id = '${id}'`,
      (id: string) =>
        `update attempts set expires_at = expires_at - 960000 where account_id = '${id}'`,
    ]
    for (const end of ends) {
      const late = await member()
      const by = await begin(late.email, service, late)
      const begun = await enrol(by)
      await changeIn(database, end(late.id))
      expect(await codeOf(await confirm(by, begun))).toBe('401 attempt_over')
      expect(await codeOf(await by.ask(ENROL, {}))).toBe('401 attempt_over')
    }
    expect(await codeOf(await person(service).ask(ENROL, {}))).toBe('401 attempt_over')
  })

  it('adds a passkey as well, with a code where the browser is unknown', async () => {
    const { email } = await member()
    const by = await begin(email)
    const OPTIONS = 'POST /sessions/second-factor/enrol/passkey/options'
    const ADD = 'POST /sessions/second-factor/enrol/passkey'
    const device = authenticatorAt(service)
    expect(await codeOf(await by.ask(OPTIONS, {}))).toBe('401 mail_code_required')
    const { code: mailCode } = await mails.link(email)
    const options = await by.ask(OPTIONS, { mailCode })
    expect(options.status).toBe(200)
    const response = device.create(await options.json())
    const thief = await begin(email)
    expect(await codeOf(await thief.ask(ADD, { response }))).toBe('401 mail_code_required')
    const done = await by.ask(ADD, { response, name: 'Key ring' })
    expect(done.status).toBe(201)
    const view = (await done.json()) as Person['view'] & { recoveryCodes: string[] }
    expect([view.recoveryCodes.length, view.session.amr]).toEqual([10, ['pwd']])
    expect((await signInByPasskey(person(service), device)).status).toBe(201)
    // The mail about the new device denies the sign-in, and the factor with it (H4)
    const [notice] = (await mails.to(email)).filter(({ template }) => template === 'new-device')
    const token = /#token=(.+)/.exec(String(notice?.values['link']))?.[1]
    const denied = await person(service).ask('POST /session-notices/deny', { token })
    expect(denied.status).toBe(204)
    await begin(email)
  })

  it('is where a sign-up leads, and a sign-in by mail; both stay without a session until then', async () => {
    const newcomer = person(service)
    const due = await newcomer.ask('POST /accounts', { email: newcomer.email, password })
    expect(due.status).toBe(401)
    expect(await due.json()).toMatchObject({ code: 'second_factor_required', factors: [] })
    expect([...newcomer.cookies.keys()].toSorted()).toEqual(['keyhaven-device', 'keyhaven-flow'])
    expect(await codeOf(await newcomer.ask('GET /user/current'))).toBe('401 not_signed_in')
    expect((await confirm(newcomer, await enrol(newcomer))).status).toBe(201)
    expect((await newcomer.ask('GET /user/current')).status).toBe(200)

    const confirming = person(confirmed)
    await confirming.ask('POST /accounts', { email: confirming.email, password })
    const sent = await mails.link(confirming.email)
    const proof = { token: sent.token }
    expect(await codeOf(await confirming.ask('POST /email-verifications/confirm', proof))).toBe(
      '401 second_factor_required',
    )
    expect((await confirm(confirming, await enrol(confirming))).status).toBe(201)

    const { email } = await member()
    const by = person(service)
    await by.ask('POST /sessions/email', { email })
    const { token } = await mails.link(email)
    expect(await codeOf(await by.ask('POST /sessions/email/confirm', { token }))).toBe(
      '401 second_factor_required',
    )
    // The mail is proof enough for the set-up
    expect((await confirm(by, await enrol(by))).status).toBe(201)
    // An address that is not confirmed gets no code: its owner resets the password
    const unconfirmed = await begin((await person(optional).signUp()).email)
    expect(await codeOf(await unconfirmed.ask(ENROL, {}))).toBe('403 factor_required')
    // While an account is paused, its mailbox may be another person's (H4)
    const paused = await member()
    await changeIn(
      database,
      `update accounts set resets_paused_until = ${Date.now() + 600_000} where id = '${paused.id}'`,
    )
    const denied = await (await begin(paused.email)).ask(ENROL, {})
    expect(await codeOf(denied)).toBe('403 factor_required')
    expect(await mails.to(paused.email)).toEqual([])
  })
})

describe('KEYHAVEN_SECOND_FACTOR=staff', () => {
  it('refuses what needs a keyhaven: scope until its holder has a factor, and nothing else', async () => {
    const admin = await member('admin')
    const other = await member()
    const here = person(staff)
    for (const [name, value] of admin.cookies) here.cookies.set(name, value)
    const headers = { 'x-xsrf-token': admin.view.xsrfToken }
    const call = async (request: string, body?: unknown): Promise<string> => {
      const answer = await here.ask(request, body, headers)
      return answer.status < 300 ? String(answer.status) : codeOf(answer)
    }
    for (const request of ['GET /accounts', `GET /accounts/${other.id}`]) {
      expect([request, await call(request)]).toEqual([request, '403 factor_required'])
    }
    expect(await call(`PATCH /accounts/${other.id}`, { name: 'Ada' })).toBe('403 factor_required')
    expect(await call(`PATCH /accounts/${other.id}`, { status: 'locked', reason: 'x' })).toBe(
      '403 factor_required',
    )
    expect(await call(`GET /accounts/${other.id}/export?reason=x`)).toBe('403 factor_required')
    expect(await call(`GET /accounts/${admin.id}`)).toBe('200')
    expect(await call('GET /user/current')).toBe('200')
    const begun = await here.ask('POST /factors/totp', {}, headers)
    const { id, secret } = (await begun.json()) as { id: string; secret: string }
    expect(await call(`POST /factors/totp/${id}/confirm`, { code: codesOf(secret)() })).toBe('200')
    expect(await call('GET /accounts')).toBe('200')
    // Who holds no such scope signs in as before
    expect((await person(staff, { email: other.email }).signIn()).id).toBe(other.id)
    await begin((await member('support')).email, staff)
  })
})
