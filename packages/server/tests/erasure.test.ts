import { copyFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineAccess } from '@keyhaven/core/access'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { forge } from '@keyhaven/stage/databases/forge'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { refuseRows } from '@keyhaven/stage/databases/refuse-rows'
import { codeOf, newPerson, password, person, signIn } from '@keyhaven/stage/http/person'
import type { Person, PersonOptions } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { doses } from '../../../tests/doses.ts'

const DAY = 86_400_000
const reason = 'requested by mail'

const access = defineAccess({
  scopes: ['notes:read'],
  roles: {
    member: ['notes:read'],
    eraser: ['keyhaven:accounts:read', 'keyhaven:accounts:erase', 'keyhaven:accounts:lock'],
    writer: ['keyhaven:accounts:read', 'keyhaven:accounts:write'],
  },
  defaultRoles: ['member'],
})
const environment = {
  NODE_ENV: 'test',
  KEYHAVEN_TRUST_PROXY: '127.0.0.1',
  KEYHAVEN_EMAIL_VERIFICATION: 'on',
  ...unreachable,
}
let service: Service
/** Another process on the same database, which erases at once. */
let second: Service
let database: string
let mails: MailQueue
let admin: Person
let eraser: Person

beforeAll(async () => {
  const data = newFolder()
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  service = await serve(data, { access, environment })
  const atOnce = { ...environment, KEYHAVEN_ERASE_AFTER: '0s' }
  second = await serve(data, { access, environment: atOnce })
  admin = await newPerson(service, 'admin')
  eraser = await newPerson(service, 'eraser')
})
afterAll(async () => {
  await service?.close()
  await second?.close()
  if (service) rmSync(service.data, { recursive: true })
})

let networks = 0

/** A browser in a network of its own: a network may request 50 mails an hour. */
function browser(options: PersonOptions = {}, at = service): Person {
  const address = `10.3.${networks >> 8}.${networks++ & 255}`
  return person(at, { ...options, headers: { 'x-forwarded-for': address } })
}

const erase = (by: Person, id: string, body?: unknown): Promise<Response> =>
  by.ask(`DELETE /accounts/${id}`, body)
const undo = (token: string, by = browser()): Promise<Response> =>
  by.ask('POST /account-erasures/undo', { token })
const old = (by: Person): Promise<void> =>
  changeIn(
    database,
    `update sessions set auth_time = auth_time - 700000 where credential_id = '${by.session}'`,
  )
const row = async (from: string): Promise<Record<string, unknown> | undefined> =>
  (await rowsIn(database, `select * from ${from}`))[0]
const actionsOf = async (id: string): Promise<string[]> =>
  (
    await rowsIn(
      database,
      `select action from audit where account_id = '${id}' and action like 'account.er%' order by id`,
    )
  ).map(({ action }) => String(action))
const statusOf = async (id: string): Promise<unknown> =>
  (await row(`accounts where id = '${id}'`))?.['status']

/** Requests the erasure of a person by themselves, and returns the token of the mail. */
async function requested(owner: Person): Promise<string> {
  expect((await erase(owner, owner.id)).status).toBe(202)
  return (await mails.link(owner.email)).token
}

/** Lets the time of erasures come, and waits until the accounts are gone. */
async function pass(...ids: readonly string[]): Promise<void> {
  const those = ids.map((id) => `'${id}'`).join(', ')
  await changeIn(database, `update erasures set erases_at = 1 where account_id in (${those})`)
  await until('they are erased', async () => {
    const left = await rowsIn(database, `select id from accounts where id in (${those})`)
    return left.length === 0
  })
}

describe('DELETE /accounts/{id}', () => {
  it('ends all access at once, says when, and mails the owner a link (H42)', async () => {
    const owner = await newPerson(service)
    const elsewhere = await signIn(service, owner.email)
    const answer = await erase(owner, owner.id)
    expect(answer.status).toBe(202)
    const { erasesAt } = (await answer.json()) as { readonly erasesAt: string }
    expect(Math.abs(Date.parse(erasesAt) - Date.now() - 14 * DAY)).toBeLessThan(60_000)
    // The browser may be known to other accounts
    expect([...owner.cookies.keys()]).toEqual(['keyhaven-device'])
    for (const one of [owner, elsewhere]) {
      expect(await codeOf(await one.ask('GET /user/current'))).toMatch(
        /^401 (account_locked|not_signed_in)$/,
      )
    }
    const former = await browser().ask('POST /sessions', { login: owner.email, password })
    expect(await codeOf(former)).toBe('401 account_locked')
    const [mail, ...more] = await mails.to(owner.email)
    expect(more).toEqual([])
    expect(mail).toMatchObject({
      template: 'erasure-requested',
      values: { at: Date.parse(erasesAt), link: expect.stringContaining('/pages/erasure#undo=') },
    })
    expect(await row(`links where account_id = '${owner.id}'`)).toMatchObject({
      purpose: 'erasure-undo',
      expires_at: expect.toSatisfy((at) => Number(at) === Date.parse(erasesAt)),
    })
    const { details, actor_id } =
      (await row(
        `audit where account_id = '${owner.id}' and action = 'account.erasure_requested'`,
      )) ?? {}
    expect(actor_id).toBe(owner.id)
    expect(JSON.parse(String(details))).toMatchObject({
      from: 'active',
      erasesAt,
      ended: { sessions: 2 },
    })
    const [era] = await rowsIn(
      database,
      'select kind, code from revocations where era is not null order by seq desc',
    )
    expect(era).toMatchObject({ code: 'account_locked' })
  })

  it('leaves the address silent during the grace time: reset, resend and sign-up (H39)', async () => {
    const owner = await newPerson(service)
    await requested(owner)
    const { email } = owner
    const before = (await mails.to(email)).length
    const calls = [
      ['POST /password-resets', { email }],
      ['POST /email-verifications', { email }],
      ['POST /accounts', { email, password: 'another correct horse' }],
    ] as const
    for (const [call, body] of calls) {
      const answer = await browser().ask(call, body)
      expect([call, answer.status, await answer.json()]).toEqual([call, 202, {}])
    }
    expect(await mails.to(email)).toHaveLength(before)
    const known = await admin.ask(`GET /accounts/${owner.id}`)
    expect(await known.json()).toMatchObject({
      status: 'disabled',
      erasesAt: expect.stringMatching(/^20/),
    })
    for (const status of ['active', 'locked', 'disabled']) {
      const change = await admin.ask(`PATCH /accounts/${owner.id}`, { status, reason })
      expect(await codeOf(change)).toBe('409 conflict')
    }
  })

  it('is for others with the scope and a reason, in the body or the query (H56), and repeats its answer', async () => {
    const target = await newPerson(service)
    const call = `DELETE /accounts/${target.id}`
    expect(await codeOf(await erase(eraser, target.id))).toBe('400 invalid_request')
    const differs = await eraser.ask(`${call}?reason=other`, { reason })
    expect(await codeOf(differs)).toBe('400 invalid_request')
    const first = await erase(eraser, target.id, { reason })
    expect(first.status).toBe(202)
    const body = await first.json()
    const again = await eraser.ask(`${call}?reason=${encodeURIComponent(reason)}`)
    expect([again.status, await again.json()]).toEqual([202, body])
    expect(await mails.to(target.email)).toHaveLength(1)
    expect(await row(`accounts where id = '${target.id}'`)).toMatchObject({ status_reason: reason })
    expect(await actionsOf(target.id)).toEqual(['account.erasure_requested'])
    expect((await target.ask('GET /user/current')).status).toBeGreaterThanOrEqual(401)
  })

  it('is refused without scope, proof or rank, and for the last administrator (H21)', async () => {
    const [target, writer] = [await newPerson(service), await newPerson(service, 'writer')]
    for (const by of [target, writer]) {
      expect(await codeOf(await erase(by, admin.id, { reason }))).toBe('404 not_found')
    }
    expect(await codeOf(await erase(eraser, admin.id, { reason }))).toBe('403 insufficient_scope')
    expect(await codeOf(await erase(admin, 'acc_unknown', { reason }))).toBe('404 not_found')
    expect(await codeOf(await erase(browser(), target.id))).toMatch(/^401 /)
    expect(await codeOf(await erase(admin, admin.id))).toBe('409 conflict')
    await old(target)
    await old(writer)
    expect(await codeOf(await erase(target, target.id))).toBe('401 step_up_required')
    // Who may not make the call is not asked for a proof (H7)
    expect(await codeOf(await erase(writer, target.id, { reason }))).toBe('404 not_found')
    const late = await newPerson(service, 'eraser')
    await old(late)
    expect(await codeOf(await erase(late, target.id, { reason }))).toBe('401 step_up_required')
    expect(await statusOf(target.id)).toBe('active')
  })

  it('leaves no session of a sign-in that races it', async () => {
    for (let round = 0; round < doses.raceRounds; round++) {
      const owner = await newPerson(service)
      const at = round % 2 === 0 ? service : second
      const racer = person(at, { email: owner.email })
      const [signedIn] = await Promise.all([
        racer.signIn().then(
          () => true,
          () => false,
        ),
        erase(owner, owner.id),
      ])
      if (!signedIn) continue
      expect((await racer.ask('GET /user/current')).status).toBeGreaterThanOrEqual(401)
    }
  })
})

describe('an undone erasure', () => {
  it('restores the former status and its reason, opens no session, and is mailed (H39)', async () => {
    for (const status of ['active', 'locked', 'disabled', 'unverified']) {
      const owner = await newPerson(service)
      const set = `status = '${status}', status_reason = 'before', email_verified = ${status === 'unverified' ? 0 : 1}`
      await changeIn(database, `update accounts set ${set} where id = '${owner.id}'`)
      expect((await erase(eraser, owner.id, { reason })).status).toBe(202)
      const { token } = await mails.link(owner.email)
      const by = browser()
      const answer = await undo(token, by)
      expect([answer.status, await answer.json()]).toEqual([200, { status }])
      expect([...by.cookies.keys()]).toEqual([])
      expect(await row(`accounts where id = '${owner.id}'`)).toMatchObject({
        status,
        status_reason: 'before',
      })
      expect(await row(`links where account_id = '${owner.id}'`)).toBeUndefined()
      expect((await mails.to(owner.email)).at(-1)?.template).toBe('erasure-undone')
      expect(await codeOf(await undo(token))).toBe('400 link_invalid')
      const live = await owner.ask('GET /user/current')
      expect(live.status).toBeGreaterThanOrEqual(401)
      if (status === 'active') await signIn(service, owner.email)
      expect(await actionsOf(owner.id)).toEqual([
        'account.erasure_requested',
        'account.erasure_undone',
      ])
    }
  })

  it('happens once if two processes are called at a time', async () => {
    for (let round = 0; round < doses.raceRounds; round++) {
      const owner = await newPerson(service)
      const token = await requested(owner)
      const answers = await Promise.all([undo(token), undo(token, browser({}, second))])
      const states = answers.map(({ status }) => status).toSorted((a, b) => a - b)
      expect(states).toEqual([200, 400])
    }
  })

  it('needs a live token of this purpose and address, sent by POST', async () => {
    const owner = await newPerson(service)
    await browser().ask('POST /password-resets', { email: owner.email })
    const reset = await mails.link(owner.email)
    const token = await requested(owner)
    for (const wrong of [reset.token, 'x', 'x'.repeat(100)]) {
      expect(await codeOf(await undo(wrong))).toBe('400 link_invalid')
    }
    expect(await codeOf(await undo(''))).toBe('400 invalid_request')
    for (const method of ['GET', 'HEAD']) {
      const read = await browser().ask(`${method} /account-erasures/undo?token=${token}`)
      expect(read.status).toBeGreaterThanOrEqual(400)
    }
    const stranger = await browser().ask(
      'POST /account-erasures/undo',
      { token },
      { origin: 'https://evil.example' },
    )
    expect(stranger.status).toBe(403)
    const link = `links where account_id = '${owner.id}' and purpose = 'erasure-undo'`
    await changeIn(
      database,
      `update ${link.replace(' where', ' set expires_at = created_at where')}`,
    )
    expect(await codeOf(await undo(token))).toBe('400 link_expired')
    await changeIn(
      database,
      `update ${link.replace(' where', ` set expires_at = ${Date.now() + DAY} where`)}`,
    )
    await service.keyhaven.accounts.setEmail(owner.id, 'moved@example.com')
    expect(await codeOf(await undo(token))).toBe('400 link_invalid')
    expect(await statusOf(owner.id)).toBe('disabled')
  })

  it('is an operator’s with keyhaven:accounts:write, before its time', async () => {
    const [owner, other] = [await newPerson(service), await newPerson(service)]
    const token = await requested(owner)
    const call = `DELETE /accounts/${owner.id}/erasure`
    const writer = await newPerson(service, 'writer')
    expect(await codeOf(await eraser.ask(call))).toBe('403 insufficient_scope')
    await old(writer)
    expect(await codeOf(await writer.ask(call))).toBe('401 step_up_required')
    expect((await admin.ask(call, { reason })).status).toBe(204)
    expect(await codeOf(await admin.ask(call))).toBe('404 not_found')
    expect(await codeOf(await undo(token))).toBe('400 link_invalid')
    expect(await statusOf(owner.id)).toBe('active')
    // The database refuses the end of the erasure, so that the account is there after its time
    const values = { action: 'account.erased', account_id: other.id }
    const settle = await refuseRows(database, { table: 'audit', values })
    await requested(other)
    await changeIn(database, `update erasures set erases_at = 1 where account_id = '${other.id}'`)
    expect(await codeOf(await admin.ask(`DELETE /accounts/${other.id}/erasure`))).toBe(
      '409 conflict',
    )
    await settle()
  })
})

/** Every text in the database, by table and column. */
async function everything(): Promise<ReadonlyMap<string, string>> {
  const isPostgres = database.startsWith('postgres')
  const tables = await rowsIn(
    database,
    isPostgres
      ? "select table_name as name from information_schema.tables where table_schema = 'public'"
      : "select name from sqlite_schema where type = 'table'",
  )
  const all = new Map<string, string>()
  for (const { name } of tables) {
    for (const found of await rowsIn(database, `select * from ${String(name)}`)) {
      for (const [column, value] of Object.entries(found)) {
        const place = `${String(name)}.${column}`
        all.set(place, `${all.get(place) ?? ''}\n${String(value)}`)
      }
    }
  }
  return all
}

/** The columns in which a text is found. */
function placesOf(text: string, all: ReadonlyMap<string, string>): string[] {
  return [...all].flatMap(([place, texts]) => (texts.includes(text) ? [place] : []))
}

const verified = () => service.keyhaven.audit.verify()

describe('an account whose time has come', () => {
  it('is erased from every table: only its id stays in the logs, whose chain can be verified', async () => {
    const owner = browser({ email: 'Erased.Person@example.com' })
    const { email } = owner
    // A sign-up leaves rows that have no account yet
    await owner.ask('POST /accounts', {
      email,
      password,
      username: 'erased-person',
      name: 'Erased Name',
    })
    const { token } = await mails.link(email)
    const confirmed = await owner.ask('POST /email-verifications/confirm', { token })
    expect(confirmed.status).toBe(201)
    const { account } = (await confirmed.json()) as {
      readonly account: { readonly id: string }
    }
    const { id } = account
    const by = await browser({ email: 'erased-person' }).signIn({ device: 'Erased Device' })
    await by.ask(`PATCH /accounts/${id}`, { profile: { town: 'Erased Town' } })
    await browser().ask('POST /sessions', { login: email, password: 'wrong' })
    await browser().ask('POST /password-resets', { email })
    await service.keyhaven.accounts.addRole(id, 'writer')
    const locked = { status: 'locked', reason: 'stolen phone' }
    expect((await admin.ask(`PATCH /accounts/${id}`, locked)).status).toBe(200)
    const unlocked = { status: 'active', reason: 'Erased Name called: stolen phone again' }
    expect((await admin.ask(`PATCH /accounts/${id}`, unlocked)).status).toBe(200)
    const other = await newPerson(service)
    const again = await browser({ email: 'erased-person' }).signIn()
    expect((await again.ask(`PATCH /accounts/${other.id}`, { name: 'Other' })).status).toBe(200)
    expect((await erase(admin, id, { reason: 'Erased Name wrote' })).status).toBe(202)
    // A sign-up during the grace time waits for nothing
    await browser().ask('POST /accounts', { email, password, name: 'Erased Name' })
    const networksOfPerson = (
      await rowsIn(
        database,
        `select distinct address from audit where actor_id = '${id}' and address is not null`,
      )
    ).map(({ address }) => String(address))
    expect(networksOfPerson.length).toBeGreaterThan(1)
    expect((await verified()).broken).toBeUndefined()
    await pass(id)
    const all = await everything()
    for (const text of [
      'Erased',
      'erased.person',
      'erased-person',
      'stolen phone again',
      ...networksOfPerson,
    ]) {
      expect([text, placesOf(text, all)]).toEqual([text, []])
    }
    // Keyed hashes of addresses and logins are gone as well
    expect(
      await rowsIn(
        database,
        `select id from audit where account_id is null and details like '%"login"%' and address is null`,
      ),
    ).toEqual([])
    const kept = [
      'audit.account_id',
      'audit.actor_id',
      'notices.account_id',
      'revocation_effects.effect',
    ]
    const places = placesOf(id, all)
    expect(places.filter((place) => !kept.includes(place))).toEqual([])
    expect(places).toContain('audit.account_id')
    expect(await verified()).toMatchObject({ broken: undefined })
    expect(await actionsOf(id)).toEqual(['account.erasure_requested', 'account.erased'])
    expect(await codeOf(await admin.ask(`GET /accounts/${id}`))).toBe('404 not_found')
    // The address and the user name can be used again
    const next = browser({ email })
    await next.ask('POST /accounts', { email, password, username: 'erased-person' })
    const link = await mails.link(email)
    const anew = await next.ask('POST /email-verifications/confirm', { token: link.token })
    expect(anew.status).toBe(201)
    expect(((await anew.json()) as { account: { id: string } }).account.id).not.toBe(id)
  })

  it('is erased in several transactions if it has many rows, and others wait for none that is refused', async () => {
    const [many, refused] = [await newPerson(service), await newPerson(service)]
    const rows = 1200
    const numbers = Array.from({ length: rows }, (_, at) => `(${at})`).join(', ')
    const from = `from (values ${numbers}) as numbers`
    const text = (prefix: string) => `'${prefix}' || cast(column1 as text)`
    const later = Date.now() + DAY
    await changeIn(
      database,
      `insert into credentials (id, kind, account_id, client_id, parent_id, created_at, last_used_at, epoch)
       select ${text('ses_many')}, 'session', '${many.id}', 'web', '${many.session}', 1, 1, 0 ${from}`,
      `insert into tokens (jti, account_id, credential_id, client_id, issued_at, expires_at, claims)
       select ${text('many')}, '${many.id}', ${text('ses_many')}, 'web', 1, ${later}, '{}' ${from}`,
      `insert into audit (at, action, actor_id, account_id, address)
       select 1, 'session.opened', '${many.id}', '${many.id}', '10.4.0.1' ${from}`,
    )
    expect((await verified()).broken).toBeUndefined()
    const values = { action: 'account.erased', account_id: refused.id }
    const settle = await refuseRows(database, { table: 'audit', values })
    for (const one of [refused, many])
      expect((await erase(eraser, one.id, { reason })).status).toBe(202)
    await changeIn(database, `update erasures set erases_at = 1 where account_id = '${refused.id}'`)
    await pass(many.id)
    const all = await everything()
    expect(placesOf('10.4.0.1', all)).toEqual([])
    // Ids of ended sessions stay in the logs only
    const places = placesOf('ses_many', all).filter((name) => !/^(audit|revocation)/.test(name))
    expect(places).toEqual([])
    expect(await verified()).toMatchObject({ broken: undefined })
    expect(await statusOf(refused.id)).toBe('disabled')
    await settle()
  })

  it('is erased at once without a grace time, and its owner is mailed that it was', async () => {
    const owner = await browser({ email: (await newPerson(service)).email }, second).signIn()
    const answer = await erase(owner, owner.id)
    const { erasesAt } = (await answer.json()) as { readonly erasesAt: string }
    expect(Date.parse(erasesAt)).toBeLessThanOrEqual(Date.now() + 1000)
    await until('it is erased', async () => (await statusOf(owner.id)) === undefined)
    expect(await mails.to(owner.email)).toMatchObject([{ template: 'erased' }])
    expect(await rowsIn(database, `select id from links where account_id = '${owner.id}'`)).toEqual(
      [],
    )
  })

  it('leaves an edited row of the audit log found, and hides no edit by an erasure', async () => {
    const owner = await newPerson(service)
    await verified()
    // By accident no program takes an address away: it would leave no seal
    const other = 'update audit set address = null where address is not null and number is not null'
    await expect(changeIn(database, other)).rejects.toThrow('append-only')
    const edited = `audit where account_id = '${owner.id}' and action = 'session.opened'`
    const { number } = (await row(edited)) ?? {}
    await forge(database, `update ${edited.replace(' where', " set address = '10.9.9.9' where")}`)
    await requested(owner)
    await pass(owner.id)
    expect((await verified()).broken).toEqual({ number: Number(number), what: 'edited' })
  })
})

describe('a restored database (H28)', () => {
  it('has no account again that was erased since the backup', async () => {
    const [before, after] = [newFolder(), newFolder()]
    const first = await serve(before, { access, environment })
    const [owner, other] = [await newPerson(first), await newPerson(first)]
    await first.close()
    const backup = await databaseIn(after, { from: await databaseIn(before) })
    const present = await databaseIn(before)
    const atOnce = { ...environment, KEYHAVEN_ERASE_AFTER: '0s' }
    const running = await serve(before, { access, environment: atOnce })
    const again = await signIn(running, owner.email)
    expect((await erase(again, again.id)).status).toBe(202)
    const ids = async (where: string) =>
      (await rowsIn(where, 'select id from accounts')).map(({ id }) => id)
    await until('it is erased', async () => !(await ids(present)).includes(owner.id))
    // A process of the previous version has let the other one in again
    await changeIn(
      present,
      `insert into erasures (account_id, requested_at, erases_at, former_status)
       values ('${other.id}', 1, 1, 'active')`,
    )
    await until('it is not to be erased', async () => {
      return (await rowsIn(present, 'select account_id from erasures')).length === 0
    })
    expect(await ids(present)).toEqual([other.id])
    await running.close()
    expect(new Set(await ids(backup))).toEqual(new Set([owner.id, other.id]))
    // Without its marks the installation does not even know that the database was restored
    for (const name of ['erasures', 'master.key'])
      copyFileSync(join(before, name), join(after, name))
    const restored = await serve(after, { access, environment })
    await until('it is erased again', async () => !(await ids(backup)).includes(owner.id))
    expect(await rowsIn(backup, 'select id, status from accounts')).toEqual([
      { id: other.id, status: 'active' },
    ])
    const [erased] = await rowsIn(
      backup,
      "select details from audit where action = 'account.erased'",
    )
    expect(JSON.parse(String(erased?.['details']))).toEqual({ repeated: true })
    await restored.close()
    expect(statSync(join(before, 'erasures')).mode & 0o777).toBe(0o600)
    for (const folder of [before, after]) rmSync(folder, { recursive: true })
  })
})
