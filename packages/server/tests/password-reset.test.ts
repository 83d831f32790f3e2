import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../../../tests/doses.ts'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailedLink, MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { codeOf, password, person, signIn } from '@keyhaven/stage/http/person'
import type { Person, PersonOptions } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const other = 'another correct horse'
const environment = { NODE_ENV: 'test', KEYHAVEN_TRUST_PROXY: '127.0.0.1', ...unreachable }
let service: Service
/** Another process on the same database. */
let second: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  const data = newFolder()
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  service = await serve(data, { environment })
  second = await serve(data, { environment })
})
afterAll(async () => {
  await service?.close()
  await second?.close()
  if (service) rmSync(service.data, { recursive: true })
})

let networks = 0

/** A browser in a network of its own: a network may request 50 mails an hour. */
function browser(options: PersonOptions = {}, at = service): Person {
  const address = `10.2.${networks >> 8}.${networks++ & 255}`
  return person(at, { ...options, headers: { 'x-forwarded-for': address } })
}

/** A person with a confirmed account, signed in. */
async function member(): Promise<Person> {
  const by = browser()
  await service.keyhaven.accounts.create({ email: by.email, password })
  return by.signIn()
}

const ask = 'POST /password-resets'
const confirm = 'POST /password-resets/confirm'

/** Requests a reset, and returns what its mail contains. */
async function mailTo(by: Person, email: string): Promise<MailedLink> {
  const answer = await by.ask(ask, { email })
  expect([answer.status, await answer.json()]).toEqual([202, {}])
  return mails.link(email)
}

/** The entries of the log about an account's sessions and era. */
async function entriesSince(seq: number): Promise<string[]> {
  const rows = await rowsIn(
    database,
    `select kind, era from revocations where seq > ${seq} and kind <> 'jti' order by seq`,
  )
  return rows.map(({ kind, era }) => (era === null ? String(kind) : 'era'))
}

async function seqNow(): Promise<number> {
  return Number((await rowsIn(database, 'select seq from revocation_counter'))[0]?.['seq'])
}

const races = doses.raceRounds

describe('POST /password-resets/confirm', () => {
  it('sets the password, ends every session and opens none, and mails it', async () => {
    const owner = await member()
    const thief = await signIn(service, owner.email)
    const by = browser()
    const { token, url } = await mailTo(by, owner.email)
    expect(url).toBe(`${service.issuer}/pages/reset#token=${token}`)
    expect(by.attributes.get('keyhaven-flow')).toBe(
      'Path=/; SameSite=Strict; HttpOnly; Max-Age=900',
    )
    const seq = await seqNow()
    const answer = await by.ask(confirm, { token, password: other })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    expect([...by.cookies.keys()]).toEqual(['keyhaven-device'])
    for (const one of [owner, thief]) {
      expect(await codeOf(await one.ask('GET /user/current'))).toBe('401 session_ended')
    }
    // One entry, however many sessions there were
    expect(await entriesSince(seq)).toEqual(['era'])
    const former = await by.ask('POST /sessions', { login: owner.email, password })
    expect(await codeOf(former)).toBe('401 invalid_credentials')
    await signIn(service, owner.email, { password: other })
    const [, told] = await mails.to(owner.email)
    expect(told).toMatchObject({
      template: 'password-changed',
      values: { link: `${service.issuer}/pages/reset` },
    })
    expect(await codeOf(await by.ask(confirm, { token, password }))).toBe('400 link_invalid')
    const [row] = await rowsIn(
      database,
      `select * from audit where action = 'password.reset' and account_id = '${owner.id}'`,
    )
    expect(row).toMatchObject({ actor_id: null, address: expect.stringMatching(/^10\.2\./) })
    expect(JSON.parse(String(row?.['details']))).toMatchObject({ ended: { sessions: 2 } })
  })

  it('accepts the code in the browser that asked only, and five tries', async () => {
    const { email } = await member()
    const by = browser()
    const { code } = await mailTo(by, email)
    const body = { code, password: other }
    expect(await codeOf(await browser().ask(confirm, body))).toBe('400 link_invalid')
    // Another person's cookie makes it no better
    const second = browser()
    await mailTo(second, (await member()).email)
    expect(await codeOf(await second.ask(confirm, body))).toBe('400 link_invalid')
    expect((await by.ask(confirm, { ...body, code: code.toLowerCase() })).status).toBe(204)
    const { code: right } = await mailTo(by, email)
    for (let tries = 0; tries < 5; tries++) {
      expect((await by.ask(confirm, { code: 'AAAA-AAAA', password })).status).toBe(400)
    }
    expect(await codeOf(await by.ask(confirm, { code: right, password }))).toBe('400 link_invalid')
  })

  it('leaves the link usable after a weak password, and refuses both proofs or none', async () => {
    const { email } = await member()
    const { token, code } = await mailTo(browser(), email)
    const weak = await browser().ask(confirm, { token, password: email.split('@')[0] })
    expect(await codeOf(weak)).toBe('400 weak_password')
    for (const proof of [{}, { token, code }]) {
      const answer = await browser().ask(confirm, { ...proof, password: other })
      expect(await codeOf(answer)).toBe('400 invalid_request')
    }
    expect((await browser().ask(confirm, { token, password: other })).status).toBe(204)
  })

  it('ends the former link of the same browser only; of two browsers, one used ends all (H13)', async () => {
    const { email } = await member()
    const by = browser()
    const first = await mailTo(by, email)
    const second = await mailTo(by, email)
    const elsewhere = await mailTo(browser(), email)
    const use = ({ token }: { readonly token: string }) =>
      browser().ask(confirm, { token, password: other })
    expect(await codeOf(await use(first))).toBe('400 link_invalid')
    expect((await use(second)).status).toBe(204)
    expect(await codeOf(await use(elsewhere))).toBe('400 link_invalid')
    expect(await rowsIn(database, `select id from links where email = '${email}'`)).toEqual([])
  })

  it('lets exactly one of two resets win, of one link and of two', async () => {
    for (let round = 0; round < races; round++) {
      const { email } = await member()
      const [a, b] = [await mailTo(browser(), email), await mailTo(browser(), email)]
      const [one, two] = round % 2 === 0 ? [a, a] : [a, b]
      const answers = await Promise.all([
        browser().ask(confirm, { token: one.token, password: other }),
        browser({}, second).ask(confirm, { token: two.token, password: `${other} too` }),
      ])
      expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['204', '400'])
    }
  })

  it('refuses links that are expired, of another purpose, or of an account that has changed', async () => {
    const use = async (token: string): Promise<string> =>
      codeOf(await browser().ask(confirm, { token, password: other }))
    const expired = await member()
    const { token } = await mailTo(browser(), expired.email)
    const foreign = await browser().ask('POST /email-verifications/confirm', { token })
    expect(await codeOf(foreign)).toBe('400 link_invalid')
    await changeIn(
      database,
      `update links set expires_at = created_at where email = '${expired.email}'`,
    )
    expect(await use(token)).toBe('400 link_expired')

    const changed = await member()
    const { token: ofPassword } = await mailTo(browser(), changed.email)
    const change = { current: password, password: other }
    expect((await changed.ask(`PUT /accounts/${changed.id}/password`, change)).status).toBe(204)
    expect(await use(ofPassword)).toBe('400 link_invalid')

    const moved = await member()
    const { token: ofAddress } = await mailTo(browser(), moved.email)
    await service.keyhaven.accounts.setEmail(moved.id, `moved-${moved.email}`)
    expect(await use(ofAddress)).toBe('400 link_invalid')

    const locked = await member()
    const { token: ofLocked } = await mailTo(browser(), locked.email)
    await service.keyhaven.accounts.lock(locked.id, 'a test')
    expect(await use(ofLocked)).toBe('400 link_invalid')
  })

  it('opens an account whose password must be changed, and ends it with all that others made if its address is unconfirmed', async () => {
    const by = browser()
    const { id } = await service.keyhaven.accounts.create({
      email: by.email,
      password,
      emailVerified: false,
    })
    const thief = await signIn(service, by.email)
    await changeIn(database, `update accounts set status = 'unverified' where id = '${id}'`)
    const { token } = await mailTo(by, by.email)
    expect((await by.ask(confirm, { token, password: other })).status).toBe(204)
    expect(await codeOf(await thief.ask('GET /user/current'))).toBe('401 session_ended')
    const { view } = await signIn(service, by.email, { password: other })
    expect(view.account).toMatchObject({ id, status: 'active', emailVerified: true })
  })

  it('leaves no session of the former password, if a sign-in with it runs meanwhile', async () => {
    for (let round = 0; round < races; round++) {
      const { email } = await member()
      const { token } = await mailTo(browser(), email)
      const by = [service, service, second, second].map((at) => browser({ email }, at))
      const [reset] = await Promise.all([
        browser().ask(confirm, { token, password: other }),
        ...by.map((one) => one.signIn().catch(() => undefined)),
      ])
      expect(reset.status).toBe(204)
      for (const one of by) expect((await one.ask('GET /user/current')).status).toBe(401)
    }
  })

  it('ends sessions one by one if KEYHAVEN_RESET_ENDS_KEYS is off', async () => {
    const { data } = service
    await service.close()
    service = await serve(data, { environment, resetEndsKeys: 'off' })
    const owner = await member()
    const { token } = await mailTo(browser(), owner.email)
    const seq = await seqNow()
    expect((await browser().ask(confirm, { token, password: other })).status).toBe(204)
    expect(await entriesSince(seq)).toEqual(['sid'])
    expect(await codeOf(await owner.ask('GET /user/current'))).toBe('401 session_ended')
  })
})

describe('POST /password-resets', () => {
  it('answers 202 and sends nothing for unknown, locked and disabled accounts (H39, H57)', async () => {
    const silent = ['nobody@example.com']
    for (const status of ['locked', 'disabled'] as const) {
      const { email, id } = await member()
      await service.keyhaven.accounts.setStatus(id, status, 'a test')
      silent.push(email)
    }
    for (const email of silent) {
      const answer = await browser().ask(ask, { email })
      expect([answer.status, await answer.json()]).toEqual([202, {}])
    }
    for (const email of silent) expect(await mails.to(email)).toEqual([])
    const rows = JSON.stringify(await rowsIn(database, 'select details, reason from audit'))
    expect(rows).not.toContain('nobody@example.com')
  })

  it('leaves five links live of requests that come at once, to two processes (H13)', async () => {
    const { email } = await member()
    for (let round = 0; round < Math.ceil(races / 5); round++) {
      await changeIn(database, `delete from links where email = '${email}'`)
      const at = [service, second]
      const by = Array.from({ length: 9 }, (_, one) => browser({}, at[one % 2]))
      const answers = await Promise.all(by.map((one) => one.ask(ask, { email })))
      expect(answers.map(({ status }) => status)).toEqual(by.map(() => 202))
      const live = `select id from links where email = '${email}' and expires_at > ${Date.now()}`
      expect(await rowsIn(database, live)).toHaveLength(5)
      await changeIn(database, 'delete from rate_limits')
    }
  })

  it('mails 15 an hour that anyone requests, and those of the owner beside them (H13)', async () => {
    const { email, id } = await member()
    const stranger = browser()
    for (let at = 0; at < 17; at++) await stranger.ask(ask, { email })
    expect(await mails.to(email)).toHaveLength(15)
    // Requests that send nothing, and those for other addresses, void none that was mailed
    await stranger.ask(ask, { email: 'nobody@example.com' })
    const { token } = await mails.link(email)
    expect(await codeOf(await browser().ask(confirm, { token, password: 'short' }))).toBe(
      '400 weak_password',
    )
    // The right password shows whose request it is
    await changeIn(database, `update accounts set must_reset = 1 where id = '${id}'`)
    for (let at = 0; at < 6; at++) {
      await changeIn(database, `delete from links where email = '${email}'`)
      await browser().ask('POST /sessions', { login: email, password })
    }
    expect(await mails.to(email)).toHaveLength(20)
  })

  it('mails to the domain as mail servers know it, and to the local part on record (H43)', async () => {
    await service.keyhaven.accounts.create({ email: 'Ada.L@BÜCHER.Example', password })
    await browser().ask(ask, { email: 'ada.l@xn--bcher-kva.example' })
    expect(await mails.to('Ada.L@xn--bcher-kva.example')).toHaveLength(1)
  })

  it('mails a reset although a stranger has used up the confirmations of the address (H13)', async () => {
    const { email } = await member()
    const stranger = browser()
    for (let at = 0; at < 16; at++) await stranger.ask('POST /email-verifications', { email })
    expect((await browser().ask(ask, { email })).status).toBe(202)
    expect(await mails.to(email)).toHaveLength(1)
  })
})

describe('POST /sessions', () => {
  it('mails the link to a right password that must be changed, and to no wrong one', async () => {
    const { email, id } = await member()
    await changeIn(database, `update accounts set must_reset = 1 where id = '${id}'`)
    const by = browser()
    const wrong = await by.ask('POST /sessions', { login: email, password: 'wrong password' })
    expect(await codeOf(wrong)).toBe('401 invalid_credentials')
    const right = await by.ask('POST /sessions', { login: email, password })
    expect(await codeOf(right)).toBe('403 password_change_required')
    const { token } = await mails.link(email)
    expect((await mails.to(email)).map(({ template }) => template)).toEqual(['reset-required'])
    expect((await by.ask(confirm, { token, password: other })).status).toBe(204)
    await signIn(service, email, { password: other })
  })

  it('mails a code too if the browser has begun something: it belongs to that flow cookie', async () => {
    const { email, id } = await member()
    await changeIn(database, `update accounts set must_reset = 1 where id = '${id}'`)
    const by = browser()
    await mailTo(by, email)
    const right = await by.ask('POST /sessions', { login: email, password })
    expect(await codeOf(right)).toBe('403 password_change_required')
    expect((await mails.to(email)).map(({ template }) => template)).toEqual([
      'reset',
      'reset-required',
    ])
    const { code } = await mails.link(email)
    expect(await codeOf(await browser().ask(confirm, { code, password: other }))).toBe(
      '400 link_invalid',
    )
    expect((await by.ask(confirm, { code, password: other })).status).toBe(204)
  })
})

describe('POST /accounts/{id}/password-reset', () => {
  const reset = (by: Person, { id }: Person, body: object = { reason: 'ticket 4711' }) =>
    by.ask(`POST /accounts/${id}/password-reset`, body)
  let admin: Person
  beforeAll(async () => {
    const by = browser()
    const { id } = await service.keyhaven.accounts.create({ email: by.email, password })
    await service.keyhaven.accounts.addRole(id, 'admin')
    admin = await by.signIn()
  })

  it('mails the link, ends every session, and the former password opens nothing (ASVS 6.4.6)', async () => {
    const owner = await member()
    // A stranger has used up the places of the address (H13)
    const strangers = await Promise.all(
      Array.from({ length: 5 }, () => mailTo(browser(), owner.email)),
    )
    const answer = await reset(admin, owner)
    const text = await answer.text()
    expect([answer.status, JSON.parse(text)]).toEqual([
      202,
      { ended: { sessions: 1, apiKeys: 0, delegations: 0 } },
    ])
    expect(await codeOf(await owner.ask('GET /user/current'))).toBe('401 session_ended')
    const { token } = await mails.link(owner.email)
    expect(text).not.toContain(token)
    expect((await mails.to(owner.email)).at(-1)?.template).toBe('reset-by-support')
    const former = await browser().ask('POST /sessions', { login: owner.email, password })
    expect(await codeOf(former)).toBe('403 password_change_required')
    for (const stale of strangers) {
      const used = await browser().ask(confirm, { token: stale.token, password: other })
      expect(await codeOf(used)).toBe('400 link_invalid')
    }
    expect((await browser().ask(confirm, { token, password: other })).status).toBe(204)
    await signIn(service, owner.email, { password: other })
    const [row] = await rowsIn(
      database,
      `select * from audit where action = 'password.reset_started' and account_id = '${owner.id}'`,
    )
    expect(row).toMatchObject({ actor_id: admin.id, reason: 'ticket 4711' })
    expect(JSON.parse(String(row?.['details']))).toMatchObject({
      link: 'mailed',
      ended: { sessions: 1 },
    })
  })

  it('needs the scope, a reason, an account that exists and can sign in', async () => {
    const owner = await member()
    expect(await codeOf(await reset(owner, admin))).toBe('403 insufficient_scope')
    for (const body of [{}, { reason: '' }, { reason: 'a', password: other }, { reason: null }]) {
      expect(await codeOf(await reset(admin, owner, body))).toBe('400 invalid_request')
    }
    expect(await codeOf(await reset(admin, { ...owner, id: 'acc_none' }))).toBe('404 not_found')
    for (const status of ['locked', 'disabled'] as const) {
      await service.keyhaven.accounts.setStatus(owner.id, status, 'a test')
      expect(await codeOf(await reset(admin, owner))).toBe('409 conflict')
    }
    expect(await mails.to(owner.email)).toEqual([])
  })

  it('needs a fresh proof of identity (H7)', async () => {
    const owner = await member()
    const by = await browser({ email: admin.email }).signIn()
    expect((await reset(by, owner)).status).toBe(202)
    await changeIn(
      database,
      `update sessions set auth_time = auth_time - 3600000 where credential_id in (select id from credentials where account_id = '${admin.id}')`,
    )
    expect(await codeOf(await reset(by, owner))).toBe('401 step_up_required')
    admin = await browser({ email: admin.email }).signIn()
  })

  it('lets exactly one win of it and a change of the password, and leaves no session of the loser', async () => {
    for (let round = 0; round < races; round++) {
      const owner = await member()
      const change = { current: password, password: other }
      const [started, changed] = await Promise.all([
        reset(admin, owner),
        owner.ask(`PUT /accounts/${owner.id}/password`, change),
      ])
      expect(started.status).toBe(202)
      expect([204, 401]).toContain(changed.status)
      expect((await owner.ask('GET /user/current')).status).toBe(401)
      const { token } = await mails.link(owner.email)
      const usable = await browser().ask(confirm, { token, password: 'a third correct horse' })
      expect(usable.status).toBe(204)
    }
  })
})
