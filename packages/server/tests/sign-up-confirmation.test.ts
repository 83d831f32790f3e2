import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../../../tests/doses.ts'
import type { AccountView } from '@keyhaven/core/wire'
import type { Newcomer } from '@keyhaven/server'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailedLink, MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { codeOf, password, person, send, signIn } from '@keyhaven/stage/http/person'
import type { Person, PersonOptions } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const other = 'another correct horse'
/** What the application's hooks were called with. */
const called: unknown[] = []
let service: Service
/** Another process on the same database. */
let second: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  const data = newFolder()
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  const options = {
    environment: { NODE_ENV: 'test', KEYHAVEN_TRUST_PROXY: '127.0.0.1', ...unreachable },
    emailVerification: 'on',
    hooks: {
      beforeSignUp: (newcomer: Newcomer) => void called.push(['beforeSignUp', newcomer]),
      afterSignUp: ({ email }: AccountView) => void called.push(['afterSignUp', email]),
    },
  }
  service = await serve(data, options)
  second = await serve(data, options)
})
afterAll(async () => {
  await service?.close()
  await second?.close()
  if (service) rmSync(service.data, { recursive: true })
})

let networks = 0

/** A browser in a network of its own: a network may request 50 mails an hour. */
function browser(options: PersonOptions = {}, at = service): Person {
  const address = `10.1.${networks >> 8}.${networks++ & 255}`
  return person(at, { ...options, headers: { 'x-forwarded-for': address } })
}

const confirm = 'POST /email-verifications/confirm'

/** Begins a sign-up, and returns what its mail contains. */
async function begin(by: Person, more: object = {}): Promise<MailedLink> {
  const answer = await by.ask('POST /accounts', { email: by.email, password, ...more })
  expect([answer.status, await answer.json()]).toEqual([202, {}])
  return mails.link(by.email)
}

const races = doses.raceRounds

describe('POST /accounts where addresses must be confirmed', () => {
  it('answers 202 and makes an account when the same browser uses the link (H11)', async () => {
    const by = browser()
    const { token, url } = await begin(by, { name: 'Ada', username: 'ada.l', profile: { a: 1 } })
    expect(url).toBe(`${service.issuer}/pages/verify#token=${token}`)
    const flow = by.attributes.get('keyhaven-flow')
    expect(flow).toBe('Path=/; SameSite=Strict; HttpOnly; Max-Age=3600')
    expect(await service.keyhaven.accounts.find({ email: by.email })).toBeUndefined()
    const answer = await by.ask(confirm, { token })
    expect(answer.status).toBe(201)
    expect(await answer.json()).toMatchObject({
      account: {
        email: by.email,
        emailVerified: true,
        status: 'active',
        name: 'Ada',
        username: 'ada.l',
        profile: { a: 1 },
      },
      roles: ['member'],
      session: { amr: ['pwd'] },
    })
    expect(by.cookies.has('keyhaven-session')).toBe(true)
    expect(by.cookies.has('keyhaven-flow')).toBe(false)
    expect(await codeOf(await by.ask(confirm, { token }))).toBe('400 link_invalid')
  })

  it('takes over no second factor of an account whose address was not confirmed (H12, H3)', async () => {
    const owner = browser()
    await service.keyhaven.accounts.create({ email: owner.email, password })
    await addApp(await owner.signIn(), database)
    await changeIn(
      database,
      `update accounts set status = 'unverified', email_verified = 0 where id = '${owner.id}'`,
    )
    const by = browser({ email: owner.email })
    const { token } = await begin(by)
    const done = await by.ask(confirm, { token })
    expect(done.status).toBe(201)
    expect(await done.json()).toMatchObject({ session: { amr: ['pwd'] } })
    expect(await (await by.ask('GET /factors')).json()).toMatchObject({ items: [] })
  })

  it('calls beforeSignUp for every sign-up, without its password, and afterSignUp with the account', async () => {
    called.length = 0
    const by = browser()
    const { token } = await begin(by, { name: 'Ada' })
    const known = await member()
    await browser().ask('POST /accounts', { email: known.email, password })
    expect(called).toEqual([
      ['beforeSignUp', { email: by.email, name: 'Ada' }],
      ['beforeSignUp', { email: known.email }],
    ])
    await by.ask(confirm, { token })
    expect(called.slice(2)).toEqual([['afterSignUp', by.email]])
  })

  it('accepts the code in its browser only, however it is typed, and five tries in all (6.6.2, 6.6.3)', async () => {
    const by = browser()
    const { code } = await begin(by)
    const typed = ` ${code.toLowerCase().replace('-', ' — ')} `
    for (const stranger of [browser(), browser()]) {
      expect(await codeOf(await stranger.ask(confirm, { code }))).toBe('400 link_invalid')
    }
    expect((await by.ask(confirm, { code: typed })).status).toBe(201)

    const guesser = browser()
    const { code: right, token } = await begin(guesser)
    for (let tries = 0; tries < 5; tries++) {
      expect(await codeOf(await guesser.ask(confirm, { code: 'AAAA-AAAA' }))).toBe(
        '400 link_invalid',
      )
    }
    expect(await codeOf(await guesser.ask(confirm, { code: right }))).toBe('400 link_invalid')
    expect((await guesser.ask(confirm, { token })).status).toBe(201)
  })

  it('takes nothing of the sign-up but the address if another browser confirms it (H12)', async () => {
    const by = browser()
    const { token } = await begin(by, { name: 'Evil', username: 'evil', profile: { a: 1 } })
    const elsewhere = browser()
    expect(await codeOf(await elsewhere.ask(confirm, { token }))).toBe('400 password_required')
    const weak = await elsewhere.ask(confirm, { token, password: 'password1' })
    expect(await codeOf(weak)).toBe('400 weak_password')
    const answer = await elsewhere.ask(confirm, { token, password: other })
    expect([answer.status, await answer.json()]).toEqual([200, { email: by.email }])
    expect(elsewhere.cookies.has('keyhaven-session')).toBe(false)
    const { view } = await signIn(service, by.email, { password: other })
    expect(view.account).not.toHaveProperty('name')
    expect(view.account).not.toHaveProperty('username')
    expect(view.account).not.toHaveProperty('profile')
    const former = await send(service, 'POST /sessions', { body: { login: by.email, password } })
    expect(await codeOf(former)).toBe('401 invalid_credentials')
    // The user name is free again
    await begin(browser(), { username: 'evil' })
  })

  it('answers a sign-in with 403 in that browser, and with 401 elsewhere, known address or not (H11)', async () => {
    const known = await service.keyhaven.accounts.create({ email: 'known@example.com', password })
    for (const email of [known.email, 'unknown@example.com']) {
      const by = browser({ email })
      await begin(by, { password: other, username: `name-of-${email[0]}` })
      const login = (name: string, secret: string, at = by) =>
        at.ask('POST /sessions', { login: name, password: secret })
      expect(await codeOf(await login(email, other))).toBe('403 email_unverified')
      expect(await codeOf(await login(`name-of-${email[0]}`, other))).toBe('403 email_unverified')
      expect(await codeOf(await login(email, 'wrong password'))).toBe('401 invalid_credentials')
      expect(await codeOf(await login(email, other, browser()))).toBe('401 invalid_credentials')
    }
    // The account's own password is tried first
    const by = browser({ email: known.email })
    await begin(by)
    expect((await by.ask('POST /sessions', { login: known.email, password })).status).toBe(201)
  })

  it('mails the owner of a known address that the account exists, with no link that confirms', async () => {
    const { email } = await service.keyhaven.accounts.create({
      email: 'Owner@example.com',
      password,
    })
    const by = browser({ email: 'owner@EXAMPLE.com' })
    await by.ask('POST /accounts', { email: by.email, password: other, name: 'Click https://evil' })
    // To the address on record (H43)
    const [mail] = await mails.to(email)
    expect(mail).toMatchObject({
      template: 'sign-up-known',
      values: {
        link: `${service.issuer}/pages/sign-in`,
        resetLink: `${service.issuer}/pages/reset`,
      },
    })
    expect(await codeOf(await by.ask(confirm, { code: 'AAAA-AAAA' }))).toBe('400 link_invalid')
    // And again, as for an unknown address
    await by.ask('POST /email-verifications', { email: by.email })
    expect((await mails.to(email)).map(({ template }) => template)).toEqual([
      'sign-up-known',
      'sign-up-known',
    ])
  })

  it('holds the user name for other browsers, and for profiles', async () => {
    const by = browser()
    await begin(by, { username: 'Grace' })
    const late = browser()
    const body = { email: late.email, password, username: 'grace' }
    expect(await codeOf(await late.ask('POST /accounts', body))).toBe('409 conflict')
    const { id, headers } = await member()
    const change = { person: { headers }, body: { username: 'GRACE' } }
    expect(await codeOf(await send(service, `PATCH /accounts/${id}`, change))).toBe('409 conflict')
    // Its own browser may begin again; then an hour passes
    await begin(by, { username: 'grace' })
    await changeIn(database, 'update attempts set expires_at = created_at')
    expect((await late.ask('POST /accounts', body)).status).toBe(202)
  })

  it('ends the former link of the same browser only, and leaves five side by side (H13)', async () => {
    const by = browser()
    const first = await begin(by)
    const second = await begin(by)
    const { email } = by
    const others = []
    for (let at = 0; at < 4; at++) others.push(await begin(browser({ email })))
    const { token } = first
    expect(await codeOf(await by.ask(confirm, { token }))).toBe('400 link_invalid')
    // A sixth is not sent: five are in the mailbox
    const sixth = browser({ email })
    await sixth.ask('POST /accounts', { email, password })
    expect((await mails.to(email)).length).toBe(6)
    expect((await by.ask(confirm, { token: second.token })).status).toBe(201)
    expect(await rowsIn(database, `select id from links where email = '${email}'`)).toEqual([])
    for (const { token: one } of others) {
      const answer = await browser().ask(confirm, { token: one, password: other })
      expect(await codeOf(answer)).toBe('400 link_invalid')
    }
  })

  it('is mailed although a stranger has requested confirmations of an address without an account (H13)', async () => {
    const by = browser()
    const stranger = browser()
    for (let at = 0; at < 6; at++)
      await stranger.ask('POST /email-verifications', { email: by.email })
    expect(await mails.to(by.email)).toEqual([])
    const { token } = await begin(by)
    expect((await by.ask(confirm, { token })).status).toBe(201)
  })

  it('lets exactly one of two confirmations win, of one link and of two (H11)', async () => {
    for (let round = 0; round < races; round++) {
      const [one, two] = [browser(), browser({}, second)]
      const { token } = await begin(one)
      const same = await Promise.all([
        one.ask(confirm, { token }),
        two.ask(confirm, { token, password: other }),
      ])
      expect(same.filter(({ ok }) => ok).length).toBe(1)
      const { email } = browser()
      const [here, there] = [browser({ email }), browser({ email }, second)]
      const a = await begin(here)
      const b = await begin(there)
      const both = await Promise.all([
        here.ask(confirm, { token: a.token }),
        there.ask(confirm, { token: b.token }),
      ])
      expect(both.map(({ status }) => String(status)).toSorted()).toEqual(['201', '400'])
    }
  })

  it('consumes nothing by GET or HEAD, and nothing without an own origin', async () => {
    const by = browser()
    const { token } = await begin(by)
    for (const method of ['GET', 'HEAD']) {
      const path = `/email-verifications/confirm?token=${token}`
      expect((await by.ask(`${method} ${path}`)).status).toBe(405)
    }
    const foreign = await by.ask(confirm, { token }, { origin: 'https://evil.example' })
    expect(await codeOf(foreign)).toBe('403 csrf_failed')
    const form = await by.ask(confirm, { token }, { 'content-type': 'text/plain' })
    expect(form.status).toBe(415)
    expect((await by.ask(confirm, { token })).status).toBe(201)
  })

  it('says that a link has expired, and that one of another purpose is invalid (6.4.1)', async () => {
    const by = browser()
    const { token, code } = await begin(by)
    const reset = { token, password: other }
    expect(await codeOf(await by.ask('POST /password-resets/confirm', reset))).toBe(
      '400 link_invalid',
    )
    await changeIn(database, `update links set expires_at = created_at where email = '${by.email}'`)
    expect(await codeOf(await by.ask(confirm, { token }))).toBe('400 link_expired')
    expect(await codeOf(await by.ask(confirm, { code }))).toBe('400 link_expired')
  })

  it('is over after an hour, when only its address can still be confirmed elsewhere (H51)', async () => {
    const by = browser()
    const { token } = await begin(by, { name: 'Ada' })
    await changeIn(database, 'update attempts set expires_at = created_at')
    const waiting = await by.ask('POST /sessions', { login: by.email, password })
    expect(await codeOf(waiting)).toBe('401 invalid_credentials')
    expect(await codeOf(await by.ask(confirm, { token }))).toBe('400 password_required')
  })

  it('builds links from the configured URL, whatever Host and X-Forwarded-Host are', async () => {
    const by = browser()
    const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
    await by.ask('POST /accounts', { email: by.email, password }, forged)
    const { url } = await mails.link(by.email)
    expect(new URL(url).origin).toBe(new URL(service.issuer).origin)
  })

  it('refuses addresses that could reach another mailbox, and keeps those apart that differ', async () => {
    const longest = `${'a'.repeat(64)}@${'b.'.repeat(93)}dee`
    expect(longest.length).toBe(254)
    const bad = [
      'a@example.com,b@example.com',
      'a@example.com\nbcc:b@example.com',
      'a b@example.com',
      '"a,b"@example.com',
      'а@example.com',
      `${longest}e`,
      'a@example.com>',
    ]
    for (const email of bad) {
      for (const call of ['POST /password-resets', 'POST /email-verifications']) {
        expect([email, (await browser().ask(call, { email })).status]).toEqual([email, 400])
      }
      expect((await browser().ask('POST /accounts', { email, password })).status).toBe(400)
    }
    for (const email of ['a+tag@example.com', 'a@bücher.example', longest]) {
      const by = browser({ email })
      await by.ask('POST /accounts', { email, password })
      const { token } = await mails.link(email.replace('bücher', 'xn--bcher-kva'))
      expect((await by.ask(confirm, { token })).status).toBe(201)
    }
    // Another spelling of an address is the same one: its owner is mailed
    for (const email of ['A+TAG@Example.COM', 'a@xn--bcher-kva.example']) {
      await browser().ask('POST /accounts', { email, password })
    }
    for (const email of ['a+tag@example.com', 'a@xn--bcher-kva.example']) {
      expect((await mails.to(email)).map(({ template }) => template)).toEqual([
        'confirm',
        'sign-up-known',
      ])
    }
  })

  it('ends with the epoch: a restored database confirms nothing (H28)', async () => {
    const by = browser()
    const { token, code } = await begin(by)
    const epoch = "select value from installation where name = 'epoch'"
    const [{ value } = { value: undefined }] = await rowsIn(database, epoch)
    await changeIn(
      database,
      "delete from installation where name = 'epoch'",
      `insert into installation (name, value) values ('epoch', '${Number(value ?? 0) + 1}')`,
    )
    for (const proof of [{ token }, { code }, { token, password: other }]) {
      expect(await codeOf(await by.ask(confirm, proof))).toBe('400 link_invalid')
    }
    const waiting = await by.ask('POST /sessions', { login: by.email, password })
    expect(await codeOf(waiting)).toBe('401 invalid_credentials')
  })

  it('refuses a network after 50 an hour, and does not show that a recipient has had 15 (H13)', async () => {
    const flood = browser()
    for (let at = 0; at < 50; at++) {
      const answer = await flood.ask('POST /password-resets', { email: `n${at}@example.com` })
      expect(answer.status).toBe(202)
    }
    const refused = await flood.ask('POST /password-resets', { email: 'n@example.com' })
    expect(await codeOf(refused)).toBe('429 rate_limited')
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    const by = browser()
    for (let at = 0; at < 17; at++) {
      const answer = await by.ask('POST /accounts', { email: by.email, password })
      expect(answer.status).toBe(202)
    }
    expect((await mails.to(by.email)).length).toBe(15)
    // Sign-ups that send nothing, or for another address, void none that was mailed, and it gets only its own
    const another = { email: `other-${by.email}`, username: `u${Date.now()}`, password }
    expect((await by.ask('POST /accounts', another)).status).toBe(202)
    const { token } = await mails.link(by.email)
    const confirm = 'POST /email-verifications/confirm'
    expect(await codeOf(await by.ask(confirm, { token }))).toBe('400 password_required')
    expect((await browser().ask(confirm, { token, password })).status).toBe(200)
    const keys = JSON.stringify(await rowsIn(database, 'select key from rate_limits'))
    expect(keys).not.toContain('example.com')
    expect(keys).not.toContain('10.1.')
  })
})

/** A person with a confirmed account. */
async function member(): Promise<Person> {
  const by = browser()
  await service.keyhaven.accounts.create({ email: by.email, password })
  return by.signIn()
}

describe('POST /email-verifications', () => {
  it('mails the link of a sign-up again; its own browser stays the one that signed up (H37)', async () => {
    const by = browser()
    const first = await begin(by, { name: 'Ada' })
    const elsewhere = browser()
    expect((await elsewhere.ask('POST /email-verifications', { email: by.email })).status).toBe(202)
    const foreign = await mails.link(by.email)
    // Its cookie makes the code valid, and nothing more
    const { code } = foreign
    expect(await codeOf(await elsewhere.ask(confirm, { code }))).toBe('400 password_required')
    expect((await by.ask('POST /email-verifications', { email: by.email })).status).toBe(202)
    const { token } = await mails.link(by.email)
    expect(await codeOf(await by.ask(confirm, { token: first.token }))).toBe('400 link_invalid')
    const answer = await by.ask(confirm, { token })
    expect(answer.status).toBe(201)
    expect(await answer.json()).toMatchObject({ account: { name: 'Ada' } })
  })

  it('mails to the address as this browser wrote it, else as the first did (H43)', async () => {
    const { email } = browser()
    const [first, second] = [browser({ email: `A.${email}` }), browser({ email: `a.${email}` })]
    for (const by of [first, second]) await begin(by)
    const countTo = async (by: Person) => (await mails.to(by.email)).length
    for (const by of [first, second, browser()]) {
      const body = { email: `a.${email}` }
      expect((await by.ask('POST /email-verifications', body)).status).toBe(202)
    }
    expect([await countTo(first), await countTo(second)]).toEqual([3, 2])
  })

  it('answers 202 and sends nothing for other addresses: unknown, confirmed, locked, disabled (H39)', async () => {
    const { email } = await member()
    const silent = [email, 'nobody@example.com']
    for (const status of ['locked', 'disabled'] as const) {
      const account = await service.keyhaven.accounts.create({
        email: `${status}@example.com`,
        password,
      })
      await service.keyhaven.accounts.setStatus(account.id, status, 'a test')
      silent.push(account.email)
      // Nor does a sign-up with it
      const answer = await browser().ask('POST /accounts', { email: account.email, password })
      expect(answer.status).toBe(202)
    }
    for (const one of silent) {
      const answer = await browser().ask('POST /email-verifications', { email: one })
      expect([answer.status, await answer.json()]).toEqual([202, {}])
    }
    for (const one of silent) expect(await mails.to(one)).toEqual([])
  })

  it('gives an unconfirmed account to the owner of its address, without what others made of it', async () => {
    const { email } = browser()
    const made = await service.keyhaven.accounts.create({
      email,
      password,
      name: 'Ada',
      emailVerified: false,
    })
    const thief = await signIn(service, email)
    await browser().ask('POST /email-verifications', { email })
    const { token } = await mails.link(email)
    const owner = browser({ email, password: other })
    expect(await codeOf(await owner.ask(confirm, { token }))).toBe('400 password_required')
    expect((await owner.ask(confirm, { token, password: other })).status).toBe(200)
    expect(await codeOf(await thief.ask('GET /user/current'))).toBe('401 session_ended')
    const old = await browser().ask('POST /sessions', { login: email, password })
    expect(await codeOf(old)).toBe('401 invalid_credentials')
    const { view } = await owner.signIn()
    expect(view.account).toMatchObject({ id: made.id, emailVerified: true, name: 'Ada' })
  })

  it('confirms an account of status unverified, by a resend or by a sign-up with its address', async () => {
    for (const way of ['resend', 'sign-up']) {
      const by = browser({ password: other })
      const { id } = await service.keyhaven.accounts.create({
        email: by.email,
        password,
        emailVerified: false,
      })
      await changeIn(database, `update accounts set status = 'unverified' where id = '${id}'`)
      const early = await by.ask('POST /sessions', { login: by.email, password })
      expect(await codeOf(early)).toBe('403 email_unverified')
      if (way === 'resend') {
        await by.ask('POST /email-verifications', { email: by.email })
        const { code } = await mails.link(by.email)
        expect((await by.ask(confirm, { code, password: other })).status).toBe(200)
      } else {
        const { token } = await begin(by, { password: other })
        expect((await by.ask(confirm, { token })).status).toBe(201)
      }
      const { view } = await signIn(service, by.email, { password: other })
      expect(view.account).toMatchObject({ id, status: 'active', emailVerified: true })
      const former = await browser().ask('POST /sessions', { login: by.email, password })
      expect(await codeOf(former)).toBe('401 invalid_credentials')
    }
  })
})

describe('the flow cookie (H37)', () => {
  it('is another one once an attempt is completed, and the former one is worth nothing', async () => {
    const { email } = await member()
    const by = browser()
    const { token } = await begin(by)
    await by.ask('POST /password-resets', { email })
    const { code } = await mails.link(email)
    const former = by.cookies.get('keyhaven-flow')
    expect((await by.ask(confirm, { token })).status).toBe(201)
    const next = by.cookies.get('keyhaven-flow')
    expect(next).not.toBe(former)
    const reset = (value: string | undefined) =>
      send(service, 'POST /password-resets/confirm', {
        headers: { cookie: `keyhaven-flow=${value}` },
        body: { code, password: other },
      })
    expect(await codeOf(await reset(former))).toBe('400 link_invalid')
    expect((await reset(next)).status).toBe(204)
  })

  it('is stored as a hash, as are tokens and codes', async () => {
    const by = browser()
    const { token, code } = await begin(by)
    const rows = JSON.stringify([
      await rowsIn(database, 'select * from attempts'),
      await rowsIn(database, 'select * from links'),
    ])
    for (const secret of [token, code, code.replace('-', ''), by.cookies.get('keyhaven-flow')]) {
      expect(rows).not.toContain(secret)
    }
  })
})
