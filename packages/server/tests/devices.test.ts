import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DeviceEntry } from '@keyhaven/core/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../../../tests/doses.ts'
import { changeIn, countStatements, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue, QueuedMail } from '@keyhaven/stage/databases/queued-mails'
import { codeOf, password, person, signIn } from '@keyhaven/stage/http/person'
import type { Person, PersonOptions } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const DEVICE = 'keyhaven-device'
const DAY = 86_400_000
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const chrome = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36'
const other = 'another correct horse'
const environment = { NODE_ENV: 'test', KEYHAVEN_TRUST_PROXY: '127.0.0.1', ...unreachable }

let service: Service
/** Another process on the same database, which mails no sign-ins of new devices. */
let quiet: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  const data = newFolder()
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  service = await serve(data, { environment, notices: 'on' })
  quiet = await serve(data, { environment })
})
afterAll(async () => {
  await service?.close()
  await quiet?.close()
  if (service) rmSync(service.data, { recursive: true })
})

let networks = 0

/** An address that no other caller of this file has. */
const newAddress = (): string => `10.3.${networks >> 8}.${networks++ & 255}`

interface At extends PersonOptions {
  readonly address?: string
  readonly agent?: string
}

function browser({ address = newAddress(), agent = firefox, ...options }: At = {}): Person {
  return person(service, {
    ...options,
    headers: { 'x-forwarded-for': address, 'user-agent': agent },
  })
}

/** A person with a confirmed account, signed in on their first device. */
async function member(at: At = {}): Promise<Person> {
  const by = browser(at)
  await service.keyhaven.accounts.create({ email: by.email, password })
  return by.signIn()
}

/** Signs out, which a browser does between two sign-ins. */
async function again(by: Person): Promise<Person> {
  expect((await by.ask('DELETE /sessions/current')).status).toBe(204)
  return by.signIn()
}

const deviceCookie = (by: Person): string => by.cookies.get(DEVICE) ?? ''

async function notices(email: string): Promise<readonly QueuedMail[]> {
  return (await mails.to(email)).filter(({ template }) => template === 'new-device')
}

async function tokenOf(email: string): Promise<string> {
  const link = (await notices(email)).at(-1)?.values['link']
  return String(link).split('#token=')[1] ?? ''
}

async function devices(by: Person): Promise<readonly DeviceEntry[]> {
  const answer = await by.ask('GET /devices')
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { items: readonly DeviceEntry[] }).items
}

async function actions(by: Person): Promise<readonly string[]> {
  const sql = `select action from audit where account_id = '${by.id}' and (action like 'device.%' or action = 'session.denied') order by id`
  return (await rowsIn(database, sql)).map(({ action }) => String(action))
}

const guess = (email: string, by: Person, text = 'wrong password'): Promise<Response> =>
  by.ask('POST /sessions', { login: email, password: text })

/** The wrong passwords that one may try one after the other before 429. */
async function guesses(most: number, each: () => Promise<Response>): Promise<number> {
  for (let at = 0; at < most; at++) if ((await each()).status === 429) return at
  return most
}

const deny = 'POST /session-notices/deny'

describe('the device cookie', () => {
  it('is set at the first sign-in, stored hashed, kept at a sign-out and another at each sign-in (H20)', async () => {
    const by = await member()
    const first = deviceCookie(by)
    expect(first).toMatch(/^[\w-]{43}$/)
    expect(by.attributes.get(DEVICE)).toBe('Path=/; SameSite=Lax; HttpOnly; Max-Age=34560000')
    await by.ask('DELETE /sessions/current')
    expect(deviceCookie(by)).toBe(first)
    await by.signIn()
    expect(deviceCookie(by)).not.toBe(first)
    const rows = await rowsIn(database, `select * from devices where account_id = '${by.id}'`)
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(deviceCookie(by))
    // A copy of the former value is worth nothing
    const thief = browser({ email: by.email })
    thief.cookies.set(DEVICE, first)
    await thief.signIn()
    expect(await devices(thief)).toHaveLength(2)
  })

  it('makes one browser known to several accounts, and a planted one beside it belongs to none', async () => {
    const one = await member()
    const two = browser()
    two.cookies.set(DEVICE, deviceCookie(one))
    await service.keyhaven.accounts.create({ email: two.email, password })
    await two.signIn()
    // The value has changed for the first account too
    const back = browser({ email: one.email })
    back.cookies.set(DEVICE, deviceCookie(two))
    await back.signIn()
    expect(await devices(back)).toHaveLength(1)
    const mallory = await member()
    const planted = deviceCookie(mallory)
    back.cookies.set(DEVICE, `${deviceCookie(back)}; ${DEVICE}=${planted}`)
    await again(back)
    expect(await devices(back)).toHaveLength(1)
    const [row] = await rowsIn(
      database,
      `select count(distinct cookie_sha256) as count from devices where account_id in ('${back.id}', '${mallory.id}')`,
    )
    expect(Number(row?.['count'])).toBe(2)
    back.cookies.set(DEVICE, 'x'.repeat(20_000))
    expect((await guess(one.email, browser(), password)).status).toBe(201)
  })

  it('of another account gives nothing: guesses there count as a stranger’s', async () => {
    const owner = await member()
    const thief = await member()
    const address = newAddress()
    const by = browser({ address })
    by.cookies.set(DEVICE, deviceCookie(thief))
    expect(await guesses(15, () => guess(owner.email, by))).toBe(10)
    // The pair of account and network, which a browser without the cookie shares
    expect((await guess(owner.email, browser({ address }))).status).toBe(429)
  })

  it('is known to at most ten accounts, and at most 50 browsers to an account', async () => {
    const by = await member()
    const columns = 'id, account_id, cookie_sha256, first_used_at, last_used_at, changed'
    // Before today, and too late for a purge
    const then = Date.now() - 1e9
    const rows = Array.from(
      { length: 50 },
      (_, at) =>
        `('dev_${by.id}_${at}', '${by.id}', 'hash ${by.id} ${at}', ${then}, ${then + at}, '[]')`,
    )
    await changeIn(database, `insert into devices (${columns}) values ${rows.join(', ')}`)
    const browserOfNewest = await signIn(service, by.email)
    const known = await devices(by)
    expect(known).toHaveLength(50)
    expect(known.slice(0, 2).map(({ current }) => current)).toEqual([false, true])
    // Eleven other accounts of the same browser, of which nine are carried to its next cookie
    const newest = `select max(first_used_at) from devices where account_id = '${by.id}'`
    const mine = `account_id = '${by.id}' and first_used_at = (${newest})`
    const names = Array.from({ length: 11 }, (_, at) => `of ${by.id} ${at}`)
    const accounts = names.map((one) => `('${one}', '${one}', '${one}', 1, '', 1, 'active', 1)`)
    await changeIn(
      database,
      `insert into accounts (id, email, email_key, email_verified, password_hash, credential_version, status, created_at)
       values ${accounts.join(', ')}`,
      `insert into devices (${columns}) select 'dev_of_' || accounts.id, accounts.id, cookie_sha256, ${then}, ${then}, '[]'
       from accounts, devices where accounts.id like 'of ${by.id}%' and ${mine}`,
    )
    await again(browserOfNewest)
    const hash = `select cookie_sha256 from devices where account_id = '${by.id}' order by last_used_at desc limit 1`
    const sharing = `select id from devices where cookie_sha256 = (${hash})`
    expect(await rowsIn(database, sharing)).toHaveLength(10)
  })
})

describe('a sign-in', () => {
  it('on a new device is recorded and mailed with time, browser, address and a link (H53, 6.3.5)', async () => {
    const by = await member({ address: '10.9.9.9' })
    const [notice, ...more] = await notices(by.email)
    expect(more).toEqual([])
    expect(notice?.values).toEqual({
      at: expect.any(Number),
      browser: 'Firefox on Linux',
      address: '10.9.9.9',
      link: expect.stringMatching(/\/pages\/deny#token=[\w-]{43}$/),
    })
    await again(by)
    expect(await notices(by.email)).toHaveLength(1)
    await signIn(service, by.email)
    expect(await notices(by.email)).toHaveLength(2)
    expect(await actions(by)).toEqual(['device.reported', 'device.reported'])
  })

  it('is recorded and not mailed with KEYHAVEN_NOTICES=off, to an unconfirmed address, and beyond 15 an hour', async () => {
    const by = browser()
    await service.keyhaven.accounts.create({ email: by.email, password })
    const silent = await signIn(quiet, by.email)
    const unconfirmed = browser()
    const { email } = unconfirmed
    await service.keyhaven.accounts.create({ email, password, emailVerified: false })
    await unconfirmed.signIn()
    const many = await member()
    for (let at = 0; at < 15; at++) await signIn(service, many.email)
    for (const one of [silent, unconfirmed]) {
      expect([await notices(one.email), await actions(one)]).toEqual([[], []])
    }
    expect(await notices(many.email)).toHaveLength(15)
    for (const { id } of [by, silent, unconfirmed, many].slice(1)) {
      const opened = `select details from audit where action = 'session.opened' and account_id = '${id}' order by id desc`
      const [row] = await rowsIn(database, opened)
      expect(JSON.parse(String(row?.['details']))).toEqual({ newDevice: true })
    }
  })

  it('in the browser of the sign-up is none of a new device (H20)', async () => {
    const by = await browser().signUp()
    await changeIn(database, `update accounts set email_verified = 1 where id = '${by.id}'`)
    await again(by)
    expect([await notices(by.email), await actions(by)]).toEqual([[], []])
    const opened = `select details from audit where action = 'session.opened' and account_id = '${by.id}'`
    expect(await rowsIn(database, opened)).toEqual([{ details: null }, { details: null }])
    expect(await devices(by)).toHaveLength(1)
  })

  it('costs one statement more with a device cookie, whether the account exists, knows it or neither (R97)', async () => {
    const by = await member()
    const counted = countStatements()
    // Those of the service's own jobs, which run meanwhile
    await sleep(1200)
    const own = new Set(counted.texts())
    const cost = async (work: () => Promise<unknown>): Promise<number> => {
      let least = Number.POSITIVE_INFINITY
      for (let round = 0; round < 3; round++) {
        counted.clear()
        await work()
        least = Math.min(least, counted.texts().filter((text) => !own.has(text)).length)
      }
      return least
    }
    const unknown = browser()
    const none = await cost(() => guess('nobody@example.com', unknown))
    unknown.cookies.set(DEVICE, deviceCookie(by))
    expect(await cost(() => guess('nobody@example.com', unknown))).toBe(none + 1)
    const stranger = await member()
    expect(await cost(() => guess(stranger.email, unknown))).toBe(none + 1)
    counted.restore()
  })
})

describe('GET and DELETE /devices', () => {
  it('list browsers with first and last use, the current one, and a mark of what changed', async () => {
    const by = await member({ address: '10.8.0.1' })
    const laptop = browser({ email: by.email, address: '10.8.0.2', agent: chrome })
    await laptop.signIn()
    const moved = browser({ email: by.email, address: '10.8.0.3', agent: firefox })
    moved.cookies.set(DEVICE, deviceCookie(laptop))
    await moved.signIn()
    const [first, second, ...more] = await devices(moved)
    expect(more).toEqual([])
    expect(first).toEqual({
      id: expect.stringMatching(/^dev_/),
      browser: 'Firefox on Linux',
      address: '10.8.0.3',
      firstUsedAt: expect.any(String),
      lastUsedAt: expect.any(String),
      changed: ['address', 'browser'],
      current: true,
    })
    expect(second).toMatchObject({ address: '10.8.0.1', changed: [], current: false })
    expect(Date.parse(first?.firstUsedAt ?? '')).toBeLessThan(Date.parse(first?.lastUsedAt ?? ''))
  })

  it('forget one, for the person alone with a fresh proof, and its next sign-in is one of a new device', async () => {
    const by = await member()
    const [mine] = await devices(by)
    const stranger = await member()
    const call = `DELETE /devices/${mine?.id}`
    expect(await codeOf(await stranger.ask(call))).toBe('404 not_found')
    expect(await codeOf(await browser().ask(call))).toBe('401 not_signed_in')
    const older = `update sessions set auth_time = 1 where credential_id = '${by.session}'`
    await changeIn(database, older)
    expect(await codeOf(await by.ask(call))).toBe('401 step_up_required')
    await by.ask('POST /sessions/current/step-up', { password })
    expect((await by.ask(call)).status).toBe(204)
    expect(await codeOf(await by.ask(call))).toBe('404 not_found')
    // Its session stays
    expect(await devices(by)).toEqual([])
    await again(by)
    expect(await actions(by)).toEqual(['device.reported', 'device.forgotten', 'device.reported'])
  })
})

describe('GET /sessions', () => {
  it('marks a session whose last renewal came from another address or browser (browser F8)', async () => {
    const by = await member({ address: '10.8.1.1' })
    const listed = async (): Promise<object | undefined> => {
      const { items } = (await (await by.ask('GET /sessions')).json()) as { items: object[] }
      return items[0]
    }
    const place = { address: '10.8.1.1', browser: 'Firefox on Linux' }
    expect(await listed()).toMatchObject({ ...place, changed: [] })
    const renew = 'POST /sessions/current/renew'
    expect((await by.ask(renew)).status).toBe(200)
    expect(await listed()).toMatchObject({ ...place, changed: [] })
    await changeIn(
      database,
      `update sessions set renewed_at = 1 where credential_id = '${by.session}'`,
    )
    const copied = { 'x-forwarded-for': '10.8.1.2', 'user-agent': chrome }
    expect((await by.ask(renew, undefined, copied)).status).toBe(200)
    expect(await listed()).toMatchObject({ ...place, changed: ['address', 'browser'] })
  })
})

describe('POST /password-resets', () => {
  it('on a known device is mailed although strangers have used up the resets of the address (H13)', async () => {
    const by = await member()
    for (let at = 0; at < 15; at++) {
      await browser().ask('POST /password-resets', { email: by.email })
    }
    const resets = async (): Promise<number> =>
      (await mails.to(by.email)).filter(({ template }) => template === 'reset').length
    // Five are live at a time
    expect(await resets()).toBe(5)
    await changeIn(
      database,
      `update links set expires_at = created_at where purpose = 'reset' and email = '${by.email}'`,
    )
    await browser().ask('POST /password-resets', { email: by.email })
    expect(await resets()).toBe(5)
    await by.ask('POST /password-resets', { email: by.email })
    expect(await resets()).toBe(6)
    const [row] = await rowsIn(
      database,
      `select share from mails where account_id = '${by.id}' and template = 'reset' order by id desc`,
    )
    expect(row).toEqual({ share: 'known-device' })
  })
})

describe('all devices but the one that acts are forgotten (H20)', () => {
  it('with a change of the password, and with a reset by an operator', async () => {
    const by = await member()
    await signIn(service, by.email)
    const change = { current: password, password: other }
    expect((await by.ask(`PUT /accounts/${by.id}/password`, change)).status).toBe(204)
    const left = await devices(by)
    expect(left.map(({ current }) => current)).toEqual([true])
    await service.keyhaven.accounts.resetPassword(by.id)
    expect(await rowsIn(database, `select id from devices where account_id = '${by.id}'`)).toEqual(
      [],
    )
  })

  it('with a reset by mail, after which the browser that reset it is known', async () => {
    const by = await member()
    const fresh = browser({ email: by.email, password: other })
    await fresh.ask('POST /password-resets', { email: by.email })
    const { token } = await mails.link(by.email)
    const reset = await fresh.ask('POST /password-resets/confirm', { token, password: other })
    expect(reset.status).toBe(204)
    expect([...fresh.cookies.keys()]).toEqual([DEVICE])
    await fresh.signIn()
    expect((await devices(fresh)).map(({ current }) => current)).toEqual([true])
    expect(await notices(by.email)).toHaveLength(1)
  })
})

describe('POST /session-notices/deny', () => {
  it('ends the session that it names and forgets the devices; others stay (H4)', async () => {
    const by = await member()
    const thief = browser({ email: by.email })
    await thief.signIn()
    const token = await tokenOf(by.email)
    // A thief who knows the password may have changed it, or what voids other links
    await changeIn(
      database,
      `update accounts set credential_version = credential_version + 1 where id = '${by.id}'`,
    )
    for (const method of ['GET', 'HEAD']) {
      expect((await by.ask(`${method} /session-notices/deny`)).status).toBeGreaterThanOrEqual(400)
    }
    const answer = await by.ask(deny, { token })
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    expect(await codeOf(await thief.ask('GET /user/current'))).toBe('401 session_ended')
    expect((await devices(by)).map(({ current }) => current)).toEqual([true])
    expect(await codeOf(await by.ask(deny, { token }))).toBe('400 link_invalid')
    expect((await signIn(service, by.email)).id).toBe(by.id)
    expect(await actions(by)).toContain('session.denied')
  })

  it('pressed on the denied browser forgets that one too, and ends no other link', async () => {
    const by = await member()
    const first = await tokenOf(by.email)
    const second = browser({ email: by.email })
    await second.signIn()
    const token = await tokenOf(by.email)
    expect((await second.ask(deny, { token })).status).toBe(204)
    expect(await rowsIn(database, `select id from devices where account_id = '${by.id}'`)).toEqual(
      [],
    )
    expect((await browser().ask(deny, { token: first })).status).toBe(204)
    expect(await codeOf(await by.ask('GET /user/current'))).toBe('401 session_ended')
  })

  it('with `everything` ends all sessions and requires another password, in one request (H4)', async () => {
    const by = await member()
    const second = await signIn(service, by.email)
    const token = await tokenOf(by.email)
    expect((await browser().ask(deny, { token, everything: true })).status).toBe(204)
    for (const one of [by, second]) {
      expect(await codeOf(await one.ask('GET /user/current'))).toBe('401 session_ended')
    }
    const former = await guess(by.email, browser(), password)
    expect(await codeOf(former)).toBe('403 password_change_required')
    const { token: reset } = await mails.link(by.email)
    const change = { token: reset, password: other }
    expect((await browser().ask('POST /password-resets/confirm', change)).status).toBe(204)
    await signIn(service, by.email, { password: other })
  })

  it('refuses links that are expired, of another purpose, or of another address, and bodies that are not of its form', async () => {
    const by = await member()
    const token = await tokenOf(by.email)
    const use = async (body: object): Promise<string> => codeOf(await browser().ask(deny, body))
    await by.ask('POST /password-resets', { email: by.email })
    expect(await use({ token: (await mails.link(by.email)).token })).toBe('400 link_invalid')
    expect(await use({ token: 'unknown' })).toBe('400 link_invalid')
    for (const body of [{}, { token: '' }, { token, everything: 'yes' }, { token, more: 1 }]) {
      expect(await use(body)).toBe('400 invalid_request')
    }
    const foreign = await browser().ask(deny, { token }, { origin: 'https://evil.example' })
    expect(await codeOf(foreign)).toBe('403 csrf_failed')
    await service.keyhaven.accounts.setEmail(by.id, `moved-${by.email}`)
    expect(await use({ token })).toBe('400 link_invalid')
    const late = await member()
    const lateToken = await tokenOf(late.email)
    const [link] = await rowsIn(
      database,
      `select expires_at - created_at as life from links where email = '${late.email}'`,
    )
    expect(Number(link?.['life'])).toBe(7 * DAY)
    await changeIn(
      database,
      `update links set expires_at = created_at where email = '${late.email}'`,
    )
    expect(await use({ token: lateToken })).toBe('400 link_expired')
  })

  it('lets exactly one of two at once win', async () => {
    for (let round = 0; round < doses.raceRounds; round++) {
      const { email } = await member()
      const body = { token: await tokenOf(email), everything: round % 2 === 0 }
      const answers = await Promise.all(
        [service, quiet].map((at) => person(at, {}).ask(deny, body)),
      )
      expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['204', '400'])
    }
  })
})

describe('guesses of a stranger', () => {
  it('from 250 addresses never slow the owner on a known device; a new one gets in after 15 minutes or by mail (R96, P26, P09, H15)', async () => {
    const owner = await member()
    const crowd = Array.from({ length: 250 }, () => browser())
    const total = doses.strangersGuesses
    let tried = 0
    for (let at = 0; at < total; at += 1) {
      const by = crowd[at % crowd.length] ?? owner
      if ((await guess(owner.email, by)).status !== 429) tried++
      // As on every day meanwhile
      if (at % Math.floor(total / 4) === 50) await again(owner)
    }
    expect(tried).toBe(30)
    await again(owner)
    const fresh = browser({ email: owner.email })
    const early = await guess(owner.email, fresh, password)
    expect(early.status).toBe(429)
    expect(Number(early.headers.get('retry-after'))).toBeLessThanOrEqual(900)
    // By mail, at once, although the stranger goes on
    await fresh.ask('POST /password-resets', { email: owner.email })
    const { token } = await mails.link(owner.email)
    const change = { token, password: other }
    expect((await fresh.ask('POST /password-resets/confirm', change)).status).toBe(204)
    for (const by of crowd.slice(0, 40)) await guess(owner.email, by)
    expect((await guess(owner.email, fresh, other)).status).toBe(201)
  })

  it('do not use up those of a known device, which has ten in 15 minutes of its own', async () => {
    const owner = await member()
    const by = browser({ email: owner.email })
    expect(await guesses(15, () => guess(owner.email, by))).toBe(10)
    await again(owner)
    expect(await guesses(15, () => guess(owner.email, owner))).toBe(10)
    // Others are not slowed by them
    expect((await guess(owner.email, browser(), password)).status).toBe(201)
  })
})
