import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailedLink, MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { codeOf, password, person, signIn } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const ask = 'POST /sessions/email'
const confirm = 'POST /sessions/email/confirm'

const data = newFolder()
const environment = { NODE_ENV: 'test', KEYHAVEN_TRUST_PROXY: '127.0.0.1', ...unreachable }
let service: Service
/** Another process on the same database, in which sign-in by mail is off. */
let off: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  service = await serve(data, { environment, emailSignIn: 'on' })
  off = await serve(data, { environment })
})
afterAll(async () => {
  await service?.close()
  await off?.close()
  rmSync(data, { recursive: true })
})

let networks = 0

/** A browser in a network of its own: a network may request 50 mails an hour. */
function browser(at = service): Person {
  return person(at, { headers: { 'x-forwarded-for': `10.4.0.${networks++}` } })
}

/** The address of a new account, which is confirmed. */
async function member(): Promise<string> {
  const { email } = person(service)
  await service.keyhaven.accounts.create({ email, password })
  return email
}

/** Requests a mail, and returns what it contains. */
async function mailTo(by: Person, email: string): Promise<MailedLink> {
  const answer = await by.ask(ask, { email })
  expect([answer.status, await answer.json()]).toEqual([202, {}])
  return mails.link(email)
}

describe('sign-in by mail (H49, H3)', () => {
  it('opens a session in the browser that requested it, once, by its link or its code', async () => {
    const email = await member()
    const by = browser()
    const { token, code, url } = await mailTo(by, email)
    expect(url).toBe(`${service.issuer}/pages/sign-in#token=${token}`)
    expect(by.attributes.get('keyhaven-flow')).toBe(
      'Path=/; SameSite=Strict; HttpOnly; Max-Age=900',
    )
    const elsewhere = browser()
    expect(await codeOf(await elsewhere.ask(confirm, { token }))).toBe('400 link_elsewhere')
    await mailTo(elsewhere, await member())
    expect(await codeOf(await elsewhere.ask(confirm, { token }))).toBe('400 link_elsewhere')
    expect(await codeOf(await elsewhere.ask(confirm, { code }))).toBe('400 link_invalid')
    expect(await codeOf(await by.ask(confirm, { token, code }))).toBe('400 invalid_request')
    const both = await Promise.all([by.ask(confirm, { token }), by.ask(confirm, { code })])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400])
    const view = (await both.find(({ status }) => status === 201)?.json()) as Person['view']
    expect(view).toMatchObject({ account: { email }, session: { amr: ['mail'] } })
    expect((await by.ask('GET /user/current')).status).toBe(200)
    expect(await codeOf(await by.ask(confirm, { token }))).toBe('400 link_invalid')
    expect(by.cookies.has('keyhaven-flow')).toBe(false)
  })

  it('lives for ten minutes, and ends with five wrong codes, another password and a lock', async () => {
    const email = await member()
    const by = browser()
    const { token, code } = await mailTo(by, email)
    const [row] = await rowsIn(database, `select * from links where email = '${email}'`)
    expect(Number(row?.['expires_at']) - Number(row?.['created_at'])).toBe(10 * 60_000)
    const where = `where email = '${email}'`
    await changeIn(database, `update links set expires_at = created_at ${where}`)
    for (const proof of [{ token }, { code }]) {
      expect(await codeOf(await by.ask(confirm, proof))).toBe('400 link_expired')
    }
    const second = await mailTo(by, email)
    for (let tries = 0; tries < 5; tries++) {
      expect(await codeOf(await by.ask(confirm, { code: 'AAAA-AAAA' }))).toBe('400 link_invalid')
    }
    expect(await codeOf(await by.ask(confirm, { code: second.code }))).toBe('400 link_invalid')
    const third = await mailTo(by, email)
    const owner = await signIn(service, email)
    const other = { current: password, password: 'another correct horse' }
    expect((await owner.ask(`PUT /accounts/${owner.id}/password`, other)).status).toBe(204)
    expect(await codeOf(await by.ask(confirm, { token: third.token }))).toBe('400 link_invalid')
    const fourth = await mailTo(by, email)
    await changeIn(database, `update accounts set status = 'locked' ${where}`)
    expect(await codeOf(await by.ask(confirm, { code: fourth.code }))).toBe('401 account_locked')
  })

  it('still asks for the second factor, and counts as none of two (H3, H17)', async () => {
    const email = await member()
    const app = await addApp(await signIn(service, email), database)
    const by = browser()
    const { token } = await mailTo(by, email)
    const due = await by.ask(confirm, { token })
    expect(due.status).toBe(401)
    expect(await due.json()).toMatchObject({
      code: 'second_factor_required',
      factors: ['totp', 'recovery_code'],
    })
    expect([...by.cookies.keys()]).toEqual(['keyhaven-flow'])
    // The link is used up, although no session exists yet
    expect(await codeOf(await by.ask(confirm, { token }))).toBe('400 link_invalid')
    const done = await by.ask('POST /sessions/second-factor', { totp: await app.next() })
    expect(done.status).toBe(201)
    expect(await done.json()).toMatchObject({ session: { amr: ['mail', 'otp'] } })
  })

  it('reaches the owner’s known device, however often strangers request it (H13)', async () => {
    const email = await member()
    const owner = await person(service, { email }).signIn()
    for (let stranger = 0; stranger < 20; stranger++) await browser().ask(ask, { email })
    owner.cookies.delete('keyhaven-session')
    const { token } = await mailTo(owner, email)
    expect((await owner.ask(confirm, { token })).status).toBe(201)
  })

  it('mails nothing to an address that is not confirmed, unknown or locked (H39, R97)', async () => {
    const unconfirmed = person(service).email
    await service.keyhaven.accounts.create({ email: unconfirmed, password, emailVerified: false })
    const locked = await member()
    await changeIn(database, `update accounts set status = 'locked' where email = '${locked}'`)
    for (const email of [unconfirmed, locked, 'stranger@example.com']) {
      expect((await browser().ask(ask, { email })).status).toBe(202)
      expect(await mails.to(email)).toEqual([])
    }
  })
})

describe('sign-in by mail where it is off (H15)', () => {
  it('is a way back for an account whose password is blocked, and for no other', async () => {
    const email = await member()
    expect((await browser(off).ask(ask, { email })).status).toBe(202)
    expect(await mails.to(email)).toEqual([])
    const wrong = { login: email, password: 'wrong password' }
    expect(await codeOf(await browser(off).ask('POST /sessions', wrong))).toBe(
      '401 invalid_credentials',
    )
    await changeIn(database, "update rate_limits set points = 100 where key like 'accountRow%'")
    const right = { login: email, password }
    expect(await codeOf(await browser(off).ask('POST /sessions', right))).toBe('429 rate_limited')
    const by = browser(off)
    const { token } = await mailTo(by, email)
    expect((await by.ask(confirm, { token })).status).toBe(201)
    // The mail begins the count anew
    expect((await browser(off).ask('POST /sessions', right)).status).toBe(201)
  })

  it('is one for an account whose second factor is paused, too', async () => {
    const email = await member()
    const app = await addApp(await signIn(service, email), database)
    const wrong = browser(off)
    await wrong.ask('POST /sessions', { login: email, password })
    await wrong.ask('POST /sessions/second-factor', { totp: 'AAAAAA' })
    await changeIn(database, "update rate_limits set points = 50 where key like 'factorRow%'")
    const by = browser(off)
    const { token } = await mailTo(by, email)
    expect(await codeOf(await by.ask(confirm, { token }))).toBe('401 second_factor_required')
    const done = await by.ask('POST /sessions/second-factor', { totp: await app.next() })
    expect(done.status).toBe(201)
  })

  it('is 404 in a service that sends no mail', async () => {
    const folder = newFolder()
    const silent = await serve(folder, { environment: { NODE_ENV: 'test', KEYHAVEN_MAIL: 'none' } })
    try {
      const { email } = person(silent)
      expect(await codeOf(await person(silent).ask(ask, { email }))).toBe('404 not_found')
    } finally {
      await silent.close()
      rmSync(folder, { recursive: true })
    }
  })
})
