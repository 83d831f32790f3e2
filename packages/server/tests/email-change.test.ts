import { rmSync } from 'node:fs'
import { domainToASCII } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../../../tests/doses.ts'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailedLink, MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { bearer, codeOf, password, person, send, signIn } from '@keyhaven/stage/http/person'
import type { Person, PersonOptions } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const other = 'another correct horse'
const options = {
  environment: { NODE_ENV: 'test', KEYHAVEN_TRUST_PROXY: '127.0.0.1', ...unreachable },
  emailVerification: 'on',
}
let service: Service
/** Another process on the same database. */
let second: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  const data = newFolder()
  database = await databaseIn(data)
  mails = mailQueue(data, database)
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
function browser(more: PersonOptions = {}, at = service): Person {
  const address = `10.4.${networks >> 8}.${networks++ & 255}`
  return person(at, { ...more, headers: { 'x-forwarded-for': address } })
}

/** A person with a confirmed account, signed in. */
async function member(more: PersonOptions = {}, at = service): Promise<Person> {
  const by = browser(more, at)
  await service.keyhaven.accounts.create({ email: by.email, password })
  return by.signIn()
}

const confirm = 'POST /email-changes/confirm'
const undo = 'POST /email-changes/undo'

/** An address as mail servers know it (H43). */
const asMailed = (email: string): string =>
  email.replace(/(?<=@).*/, (domain) => domainToASCII(domain))

/** Requests another address, which answers alike whatever it is. */
async function ask(by: Person, email: string): Promise<void> {
  const answer = await by.ask(`PUT /accounts/${by.id}/email`, { email })
  expect([answer.status, await answer.json()]).toEqual([202, {}])
}

/** The same for a free address; returns what its mail contains. */
async function request(by: Person, email: string): Promise<MailedLink> {
  await ask(by, email)
  return mails.link(asMailed(email))
}

/** Changes the address of an account, and returns the token that brings the former one back. */
async function change(by: Person, from: string, to: string): Promise<string> {
  const { token } = await request(by, to)
  expect((await by.ask(confirm, { token })).status).toBe(200)
  return (await mails.link(asMailed(from))).token
}

/** Requests a reset of the password; returns what its mail contains. */
async function resetFor(email: string): Promise<MailedLink> {
  await browser().ask('POST /password-resets', { email })
  return mails.link(email)
}

/** The stream of a page, once it listens. */
async function eventsOf(by: Person): Promise<{ next(): Promise<string> }> {
  const response = await by.ask('GET /sessions/current/events')
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const until = async (part: string): Promise<string> => {
    let text = ''
    while (!text.includes(part)) text += (await reader?.read())?.value ?? ''
    return text
  }
  await until('listening')
  return {
    next: async () => {
      const text = await until('event:')
      await reader?.cancel()
      return text
    },
  }
}

const fresh = (by: Person): string => `new-${by.email}`

/** The kinds of mail that an address got. */
async function kinds(email: string): Promise<string[]> {
  return (await mails.to(asMailed(email))).map(({ template }) => template)
}

async function accountOf({ id }: Person) {
  return service.keyhaven.accounts.find({ id })
}

const races = doses.raceRounds

describe('PUT /accounts/{id}/email', () => {
  it('mails the new address a link and a code, and the former one counts until then', async () => {
    const by = await member()
    const { url, token, code } = await request(by, fresh(by))
    expect(url).toBe(`${service.issuer}/pages/email-change#token=${token}`)
    expect(code).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}$/)
    expect(by.attributes.get('keyhaven-flow')).toBe(
      'Path=/; SameSite=Strict; HttpOnly; Max-Age=900',
    )
    expect([await kinds(fresh(by)), await kinds(by.email)]).toEqual([['email-change'], []])
    expect(await accountOf(by)).toMatchObject({ email: by.email })
    await signIn(service, by.email)
    const login = { login: fresh(by), password }
    const early = await browser().ask('POST /sessions', login)
    expect(await codeOf(early)).toBe('401 invalid_credentials')
    const rows = JSON.stringify(await rowsIn(database, 'select * from audit'))
    expect(rows).not.toContain(fresh(by))
  })

  it('answers a taken, a reserved and the own address alike; only an owner who may be mailed is (H39)', async () => {
    const by = await member()
    const owner = await member()
    await ask(by, owner.email.toUpperCase().replace('EXAMPLE.COM', 'Example.com'))
    expect(await mails.to(owner.email)).toMatchObject([
      {
        template: 'email-change-known',
        to: owner.email,
        values: { link: `${service.issuer}/pages/sign-in` },
      },
    ])
    const moved = await member()
    await change(moved, moved.email, fresh(moved))
    const before = await kinds(moved.email)
    await ask(by, moved.email)
    expect(await kinds(moved.email)).toEqual(before)
    await ask(by, by.email)
    expect(await kinds(by.email)).toEqual([])
    for (const status of ['locked', 'disabled'] as const) {
      const silent = await member()
      await service.keyhaven.accounts.setStatus(silent.id, status, 'a test')
      await ask(by, silent.email)
      expect(await kinds(silent.email)).toEqual([])
    }
    // None of them can be confirmed
    expect(await codeOf(await by.ask(confirm, { code: 'AAAA-AAAA' }))).toBe('400 link_invalid')
  })

  it('refuses what is no address, or could reach another mailbox, by its field', async () => {
    const by = await member()
    const longest = `${'a'.repeat(64)}@${'b.'.repeat(93)}dee`
    expect(longest.length).toBe(254)
    for (const email of [
      '',
      'new',
      'a@example.com,b@example.com',
      'a@example.com\nbcc:b@example.com',
      '"a,b"@example.com',
      'а@example.com',
      `${longest}e`,
    ]) {
      const answer = await by.ask(`PUT /accounts/${by.id}/email`, { email })
      expect([email, answer.status]).toEqual([email, 400])
      expect(await answer.json()).toMatchObject({
        code: 'invalid_request',
        errors: [{ path: 'email' }],
      })
    }
    const missing = await by.ask(`PUT /accounts/${by.id}/email`, {})
    expect(await missing.json()).toMatchObject({ errors: [{ path: 'email' }] })
    await change(by, by.email, longest)
    expect(await accountOf(by)).toMatchObject({ email: longest })
  })

  it('keeps apart what differs, and treats another spelling as the same address (H43)', async () => {
    for (const [email, same] of [
      ['a+tag@example.com', 'A+TAG@Example.COM'],
      ['a@bücher.example', 'a@xn--bcher-kva.example'],
    ] as const) {
      const owner = await member()
      await change(owner, owner.email, email)
      const by = await member()
      await ask(by, same)
      expect((await kinds(email)).at(-1)).toBe('email-change-known')
    }
    // Neither its tag nor its accent makes it the address of another account
    const by = await member()
    for (const email of ['a@example.com', 'a@bucher.example']) {
      await request(by, email)
      expect(await kinds(email)).toEqual(['email-change'])
    }
  })

  it('is for the person only, with a fresh proof', async () => {
    const by = await member()
    const stranger = await member()
    const call = `PUT /accounts/${by.id}/email`
    const body = { email: fresh(by) }
    expect(await codeOf(await browser().ask(call, body))).toBe('401 not_signed_in')
    expect(await codeOf(await stranger.ask(call, body))).toBe('404 not_found')
    const forged = await by.ask(call, body, { 'x-xsrf-token': undefined })
    expect(await codeOf(forged)).toBe('403 csrf_failed')
    await changeIn(
      database,
      `update sessions set auth_time = 0 where credential_id = '${by.session}'`,
    )
    expect(await codeOf(await by.ask(call, body))).toBe('401 step_up_required')
    await service.keyhaven.accounts.lock(stranger.id, 'a test')
    const locked = await stranger.ask(`PUT /accounts/${stranger.id}/email`, body)
    expect(await codeOf(locked)).toBe('401 account_locked')
    expect(await kinds(fresh(by))).toEqual([])
  })

  it('is limited to 5 an hour for an account, from any network (H13)', async () => {
    const by = await member()
    for (let at = 0; at < 5; at++) await ask(by, `${at}-${by.email}`)
    const again = await signIn(service, by.email)
    const sixth = await again.ask(`PUT /accounts/${by.id}/email`, { email: fresh(by) })
    expect(await codeOf(sixth)).toBe('429 rate_limited')
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(3000)
    expect(await kinds(fresh(by))).toEqual([])
  })
})

describe('POST /email-changes/confirm', () => {
  it('makes the new address count, keeps sessions and password, and mails the former one an undo link', async () => {
    const by = await member()
    const elsewhere = await signIn(service, by.email)
    const { token: reset } = await resetFor(by.email)
    const { token } = await request(by, fresh(by))
    const events = await eventsOf(elsewhere)
    const answer = await by.ask(confirm, { token })
    expect([answer.status, await answer.json()]).toEqual([200, { email: fresh(by) }])
    expect(await events.next()).toContain('event: changed')
    expect(by.cookies.has('keyhaven-flow')).toBe(false)
    for (const one of [by, elsewhere]) {
      expect(await (await one.ask('GET /user/current')).json()).toMatchObject({
        account: { email: fresh(by), emailVerified: true },
      })
    }
    await signIn(service, fresh(by))
    const former = { login: by.email, password }
    const answered = await browser().ask('POST /sessions', former)
    expect(await codeOf(answered)).toBe('401 invalid_credentials')
    const [, notice] = await mails.to(by.email)
    expect(notice).toMatchObject({
      template: 'email-undo',
      values: { link: expect.stringContaining(`${service.issuer}/pages/email-change#undo=`) },
    })
    // A link of a reset that the former address got is worth nothing
    const late = await browser().ask('POST /password-resets/confirm', {
      token: reset,
      password: other,
    })
    expect(await codeOf(late)).toBe('400 link_invalid')
    const [row] = await rowsIn(
      database,
      `select * from audit where action = 'email.changed' and account_id = '${by.id}'`,
    )
    expect(row).toMatchObject({ actor_id: by.id, session_id: by.session })
  })

  it('accepts the link in any session of the account, and the code in the browser that asked (H14)', async () => {
    const by = await member()
    const elsewhere = await signIn(service, by.email)
    const first = await request(by, fresh(by))
    expect(await codeOf(await elsewhere.ask(confirm, { code: first.code }))).toBe(
      '400 link_invalid',
    )
    const typed = ` ${first.code.toLowerCase().replace('-', ' ')} `
    expect((await by.ask(confirm, { code: typed })).status).toBe(200)
    const next = await request(by, `other-${by.email}`)
    expect((await elsewhere.ask(confirm, { token: next.token })).status).toBe(200)
    // A native client has no cookies
    const native = await signIn(service, `other-${by.email}`)
    const own = bearer(native.token)
    const asked = await send(service, `PUT /accounts/${by.id}/email`, {
      headers: own,
      body: { email: `third-${by.email}` },
    })
    expect([asked.status, setCookies(asked)]).toEqual([202, []])
    const third = await mails.link(`third-${by.email}`)
    const confirmed = await send(service, confirm, { headers: own, body: { token: third.token } })
    expect(confirmed.status).toBe(200)
  })

  it('answers link_elsewhere without a session of the account, and uses nothing up (H14)', async () => {
    const by = await member()
    const { token, code } = await request(by, fresh(by))
    const stranger = await member()
    expect(await codeOf(await stranger.ask(confirm, { token }))).toBe('400 link_elsewhere')
    expect(await codeOf(await browser().ask(confirm, { token }))).toBe('400 link_elsewhere')
    const signedOut = await signIn(service, by.email)
    await service.keyhaven.accounts.lock(by.id, 'a test')
    expect(await codeOf(await signedOut.ask(confirm, { token }))).toBe('400 link_elsewhere')
    expect(await codeOf(await by.ask(confirm, { code }))).toBe('400 link_elsewhere')
    await service.keyhaven.accounts.unlock(by.id)
    const again = await signIn(service, by.email)
    // A page of another site has the cookies, and no XSRF token
    const forged = await again.ask(confirm, { token }, { 'x-xsrf-token': undefined })
    expect(await codeOf(forged)).toBe('403 csrf_failed')
    for (const method of ['GET', 'HEAD']) {
      const path = `/email-changes/confirm?token=${token}`
      expect((await again.ask(`${method} ${path}`)).status).toBe(405)
    }
    const foreign = await again.ask(confirm, { token }, { origin: 'https://evil.example' })
    expect(await codeOf(foreign)).toBe('403 csrf_failed')
    const bad = await send(service, confirm, { headers: bearer('forged'), body: { token } })
    expect(bad.status).toBe(401)
    expect((await again.ask(confirm, { token })).status).toBe(200)
    expect(await codeOf(await again.ask(confirm, { token }))).toBe('400 link_invalid')
  })

  it('refuses links that are expired, replaced, of another purpose, or older than the password', async () => {
    const by = await member()
    const first = await request(by, fresh(by))
    const next = await request(by, fresh(by))
    expect(await codeOf(await by.ask(confirm, { token: first.token }))).toBe('400 link_invalid')
    const { token: reset } = await resetFor(by.email)
    expect(await codeOf(await by.ask(confirm, { token: reset }))).toBe('400 link_invalid')
    for (const call of ['POST /email-verifications/confirm', undo]) {
      const foreign = await browser().ask(call, { token: next.token })
      expect(await codeOf(foreign)).toBe('400 link_invalid')
    }
    for (const body of [{}, next]) {
      expect(await codeOf(await by.ask(confirm, body))).toBe('400 invalid_request')
    }
    await changeIn(
      database,
      `update links set expires_at = created_at where email = '${fresh(by)}'`,
    )
    for (const proof of [{ token: next.token }, { code: next.code }]) {
      expect(await codeOf(await by.ask(confirm, proof))).toBe('400 link_expired')
    }
    const { token } = await request(by, fresh(by))
    const body = { current: password, password: other }
    expect((await by.ask(`PUT /accounts/${by.id}/password`, body)).status).toBe(204)
    const { view } = await signIn(service, by.email, { password: other })
    expect(view.account.id).toBe(by.id)
    const late = await signIn(service, by.email, { password: other })
    expect(await codeOf(await late.ask(confirm, { token }))).toBe('400 link_invalid')
  })

  it('lets exactly one of two win: of one link, of two of an account, of two accounts', async () => {
    for (let round = 0; round < races; round++) {
      const by = await member()
      const too = await browser({ email: by.email }, second).signIn()
      const here = await request(by, `a-${by.email}`)
      const there = round % 2 === 0 ? here : await request(too, `b-${by.email}`)
      const answers = await Promise.all([
        by.ask(confirm, { token: here.token }),
        too.ask(confirm, { token: there.token }),
      ])
      expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '400'])

      const [one, two] = [await member(), await member({}, second)]
      const wanted = `wanted-${one.email}`
      const [first, next] = [await request(one, wanted), await request(two, wanted)]
      const both = await Promise.all([
        one.ask(confirm, { token: first.token }),
        two.ask(confirm, { token: next.token }),
      ])
      const codes = both.map(async (answer) => (answer.ok ? '200' : codeOf(answer)))
      expect((await Promise.all(codes)).toSorted()).toEqual(['200', '409 conflict'])
    }
  })

  it('keeps the former address for its account for 7 days: no sign-up and no change gets it (H14)', async () => {
    const by = await member()
    await change(by, by.email, fresh(by))
    const before = await kinds(by.email)
    const newcomer = browser({ email: by.email })
    const answer = await newcomer.ask('POST /accounts', { email: by.email, password })
    expect([answer.status, await answer.json()]).toEqual([202, {}])
    await newcomer.ask('POST /email-verifications', { email: by.email })
    await ask(await member(), by.email)
    expect(await kinds(by.email)).toEqual(before)
    const made = service.keyhaven.accounts.create({ email: by.email, password })
    await expect(made).rejects.toMatchObject({ code: 'conflict' })
    // Its own account may have it again, which frees the other one
    const { token } = await request(by, by.email)
    expect((await by.ask(confirm, { token })).status).toBe(200)
    const next = browser({ email: fresh(by) })
    await next.ask('POST /accounts', { email: next.email, password })
    const late = { token: (await mails.link(next.email)).token }
    expect((await next.ask('POST /email-verifications/confirm', late)).status).toBe(201)
  })

  it('ends sign-ups that wait for the address', async () => {
    const waiting = browser()
    await waiting.ask('POST /accounts', { email: waiting.email, password: other })
    const { token } = await mails.link(waiting.email)
    const by = await member()
    await change(by, by.email, waiting.email)
    const late = await waiting.ask('POST /email-verifications/confirm', { token })
    expect(await codeOf(late)).toBe('400 link_invalid')
    // Its browser waits for nothing any more (H11)
    const login = { login: waiting.email, password: other }
    expect(await codeOf(await waiting.ask('POST /sessions', login))).toBe('401 invalid_credentials')
  })

  it('gives an address that the account leaves for its former one no undo link, and ends those since (H4)', async () => {
    const owner = await member()
    const [former, stolen] = [owner.email, `thief-${owner.email}`]
    const thief = await signIn(service, owner.email)
    const earlier = await change(thief, former, `first-${stolen}`)
    const between = await change(thief, `first-${stolen}`, stolen)
    // The owner has a session and the former mailbox, and changes the address back
    const { token } = await request(owner, former)
    expect((await owner.ask(confirm, { token })).status).toBe(200)
    expect(await kinds(stolen)).toEqual(['email-change', 'email-changed'])
    for (const late of [between, earlier]) {
      expect(await codeOf(await browser().ask(undo, { token: late }))).toBe('400 link_invalid')
    }
    // A later change of it can be undone again
    const again = await change(owner, former, `next-${former}`)
    expect((await browser().ask(undo, { token: again })).status).toBe(200)
    expect(await accountOf(owner)).toMatchObject({ email: former })
  })

  it('gives an unconfirmed former address, which may be a stranger’s, a notice without an undo link', async () => {
    const by = browser()
    await service.keyhaven.accounts.create({ email: by.email, password, emailVerified: false })
    await by.signIn()
    const { token } = await request(by, fresh(by))
    expect((await by.ask(confirm, { token })).status).toBe(200)
    expect(await kinds(by.email)).toEqual(['email-changed'])
    expect(await accountOf(by)).toMatchObject({ email: fresh(by), emailVerified: true })
    await service.keyhaven.accounts.create({ email: by.email, password })
  })
})

describe('POST /email-changes/undo', () => {
  it('ends an erasure that was requested since the change, and says so at the former address (H39)', async () => {
    const owner = await member()
    const thief = await signIn(service, owner.email)
    const token = await change(thief, owner.email, `thief-${owner.email}`)
    expect((await thief.ask(`DELETE /accounts/${owner.id}`)).status).toBe(202)
    expect(await accountOf(owner)).toMatchObject({ status: 'disabled' })
    expect((await browser().ask(undo, { token })).status).toBe(200)
    expect(await accountOf(owner)).toMatchObject({ status: 'active', email: owner.email })
    expect((await kinds(owner.email)).at(-1)).toBe('erasure-undone')
  })

  it('brings the address back, ends every session, and requires another password (H4)', async () => {
    const owner = await member()
    const thief = await signIn(service, owner.email)
    const pending = await request(owner, `pending-${owner.email}`)
    const token = await change(thief, owner.email, `thief-${owner.email}`)
    const body = { current: password, password: other }
    expect((await thief.ask(`PUT /accounts/${owner.id}/password`, body)).status).toBe(204)
    for (const method of ['GET', 'HEAD']) {
      expect((await browser().ask(`${method} /email-changes/undo?token=${token}`)).status).toBe(405)
    }
    const by = browser()
    const foreign = await by.ask(undo, { token }, { origin: 'https://evil.example' })
    expect(await codeOf(foreign)).toBe('403 csrf_failed')
    const answer = await by.ask(undo, { token })
    expect([answer.status, await answer.json()]).toEqual([200, { email: owner.email }])
    expect([...by.cookies.keys()]).toEqual([])
    for (const one of [owner, thief]) {
      expect(await codeOf(await one.ask('GET /user/current'))).toBe('401 session_ended')
    }
    expect(await accountOf(owner)).toMatchObject({ email: owner.email, emailVerified: true })
    expect((await kinds(`thief-${owner.email}`)).at(-1)).toBe('email-restored')
    expect(await codeOf(await by.ask(undo, { token }))).toBe('400 link_invalid')
    // The thief's password opens nothing, and its owner gets the link
    const login = { login: owner.email, password: other }
    const answered = await browser().ask('POST /sessions', login)
    expect(await codeOf(answered)).toBe('403 password_change_required')
    const { token: reset } = await mails.link(owner.email)
    const set = { token: reset, password: `${other} mine` }
    expect((await browser().ask('POST /password-resets/confirm', set)).status).toBe(204)
    const again = await signIn(service, owner.email, { password: `${other} mine` })
    const late = await again.ask(confirm, { token: pending.token })
    expect(await codeOf(late)).toBe('400 link_invalid')
    const [row] = await rowsIn(
      database,
      `select * from audit where action = 'email.change_undone' and account_id = '${owner.id}'`,
    )
    expect(row).toMatchObject({ actor_id: null, address: expect.stringMatching(/^10\.4\./) })
    expect(JSON.parse(String(row?.['details']))).toMatchObject({ ended: { sessions: 1 } })
  })

  it('goes over later changes, whose links end, and leaves earlier ones (H4)', async () => {
    const by = await member()
    const [a, b, c] = [by.email, `b-${by.email}`, `c-${by.email}`]
    const first = await change(by, a, b)
    const later = await change(by, b, c)
    expect((await browser().ask(undo, { token: later })).status).toBe(200)
    expect(await accountOf(by)).toMatchObject({ email: b })
    expect((await browser().ask(undo, { token: first })).status).toBe(200)
    expect(await accountOf(by)).toMatchObject({ email: a })

    const too = await member()
    const early = await change(too, too.email, `b-${too.email}`)
    const late = await change(too, `b-${too.email}`, `c-${too.email}`)
    expect((await browser().ask(undo, { token: early })).status).toBe(200)
    expect(await codeOf(await browser().ask(undo, { token: late }))).toBe('400 link_invalid')
    expect(await accountOf(too)).toMatchObject({ email: too.email })
  })

  it('keeps the status of a locked, disabled or unverified account', async () => {
    const refusals = {
      locked: '401 account_locked',
      disabled: '401 account_locked',
      unverified: '403 email_unverified',
    }
    for (const status of ['locked', 'disabled', 'unverified'] as const) {
      const by = await member()
      const token = await change(by, by.email, fresh(by))
      await changeIn(
        database,
        `update accounts set status = '${status}', status_reason = 'a test' where id = '${by.id}'`,
      )
      expect(await codeOf(await by.ask(confirm, { token }))).toBe('400 link_invalid')
      expect((await browser().ask(undo, { token })).status).toBe(200)
      expect(await accountOf(by)).toMatchObject({
        email: by.email,
        status,
        statusReason: 'a test',
      })
      const login = { login: by.email, password }
      expect(await codeOf(await browser().ask('POST /sessions', login))).toBe(refusals[status])
    }
  })

  it('lets exactly one of two win', async () => {
    for (let round = 0; round < races; round++) {
      const by = await member()
      const token = await change(by, by.email, fresh(by))
      const answers = await Promise.all([
        browser().ask(undo, { token }),
        browser({}, second).ask(undo, { token }),
      ])
      expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['200', '400'])
      expect(await accountOf(by)).toMatchObject({ email: by.email })
    }
  })

  it('refuses links that are expired or of another purpose, a code, and two choices (H4)', async () => {
    const by = await member()
    const token = await change(by, by.email, fresh(by))
    const { token: reset } = await resetFor(fresh(by))
    expect(await codeOf(await browser().ask(undo, { token: reset }))).toBe('400 link_invalid')
    expect(await codeOf(await by.ask(confirm, { token }))).toBe('400 link_invalid')
    for (const body of [{}, { code: 'AAAA-AAAA' }, { token, pause: true, totp: '000000' }]) {
      expect(await codeOf(await by.ask(undo, body))).toBe('400 invalid_request')
    }
    await changeIn(database, `update links set expires_at = created_at where email = '${by.email}'`)
    expect(await codeOf(await browser().ask(undo, { token }))).toBe('400 link_expired')
  })

  it('is void once an operator has set the address (H23)', async () => {
    const by = await member()
    const token = await change(by, by.email, fresh(by))
    const { token: pending } = await request(by, `pending-${by.email}`)
    await service.keyhaven.accounts.setEmail(by.id, `set-${by.email}`)
    expect(await codeOf(await browser().ask(undo, { token }))).toBe('400 link_invalid')
    expect(await codeOf(await by.ask(confirm, { token: pending }))).toBe('400 link_invalid')
    expect(await kinds(fresh(by))).toEqual(['email-change', 'email-changed'])
    await service.keyhaven.accounts.create({ email: by.email, password })
  })
})

describe('an installation that sends no mail', () => {
  it('lets a new address count at once, unconfirmed, and refuses a taken one', async () => {
    const data = newFolder()
    const silent = await serve(data, { environment: { NODE_ENV: 'test', KEYHAVEN_MAIL: 'none' } })
    const [by, owner] = [await person(silent).signUp(), await person(silent).signUp()]
    const put = (email: string) => by.ask(`PUT /accounts/${by.id}/email`, { email })
    const answer = await put(fresh(by))
    expect([answer.status, await answer.json(), setCookies(answer)]).toEqual([202, {}, []])
    const { view } = await signIn(silent, fresh(by))
    expect(view.account).toMatchObject({ id: by.id, email: fresh(by), emailVerified: false })
    expect(await codeOf(await put(owner.email))).toBe('409 conflict')
    await silent.close()
    rmSync(data, { recursive: true })
  })
})
