import { rmSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { newPerson, password, person as personAt } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { metricsIn } from '@keyhaven/stage/http/metrics'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { testLog } from '@keyhaven/stage/processes/log'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { doses } from '../../../tests/doses.ts'

const data = newFolder()
const log = testLog()
const lines = [vi.spyOn(log, 'error'), vi.spyOn(log, 'warn')]
const secret = 'right-words-of-the-mail-server'
let mail: MailServer
let service: Service
let other: Service
let database: string

/** Two processes on one database, with one mail server. */
beforeAll(async () => {
  mail = await startMailServer({ password: secret })
  database = await databaseIn(data)
  const url = new URL(mail.url)
  url.username = 'keyhaven'
  url.password = secret
  const settings = {
    mail: url.href,
    mailFrom: 'Notes <no-reply@notes.example>',
    mailPerHour: 20,
    log,
  }
  service = await serve(data, settings)
  other = await serve(data, settings)
})
afterAll(async () => {
  await service.close()
  await other.close()
  await mail.stop()
  rmSync(data, { recursive: true })
})

const change = (who: Person, headers = {}) =>
  who.ask(`PUT /accounts/${who.id}/password`, { current: password, password }, headers)

const signedUp = (options: { readonly email: string }): Promise<Person> =>
  personAt(service, options).signUp()

const waiting = () => rowsIn(database, 'select * from mails order by id')

/** What has happened to mails of an account, by the audit log. */
async function givenUp({ id }: Person): Promise<unknown[]> {
  const rows = await rowsIn(
    database,
    `select details from audit where action = 'mail.given_up' and account_id = '${id}'`,
  )
  return rows.map(({ details }) => JSON.parse(String(details)) as unknown)
}

/** Lets the time of the next try come, of mails that no process is about to send. */
const retry = () => changeIn(database, 'update mails set retry_at = 0 where claimed_until = 0')

/**
 * Queues copies of a mail that waits, ahead of the others. @returns how much more memory this process uses while they
 * wait, and how many mails processes have claimed.
 */
async function queuedMore(count: number): Promise<{ used: number; taken: number }> {
  const before = memory()
  await changeIn(
    database,
    `insert into mails (template, event, account_id, payload, share, lane, written_at, retry_at)
     with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})
     select template, event, 'more' || n, payload, share, 'first', written_at, -1
     from numbers cross join (select * from mails order by id limit 1) one`,
  )
  const tries = () =>
    rowsIn(database, "select id from mails where account_id like 'more%' and attempts > 0 limit 1")
  await until('one was tried', async () => (await tries()).length === 1)
  const used = memory() - before
  const claimed = `select count(*) as n from mails where claimed_until > 0`
  const taken = Number((await rowsIn(database, claimed))[0]?.['n'])
  // Processes change several rows at once, each in its own order
  const alone = database.startsWith('postgres') ? ['lock table mails in exclusive mode'] : []
  await changeIn(database, ...alone, "delete from mails where account_id like 'more%'")
  return { used, taken }
}

/** Bytes that are in use once what is not needed is gone. */
function memory(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const plain = (part: unknown): unknown => {
  const { err } = (part ?? {}) as { err?: Error }
  return err === undefined ? part : `${err.stack}`
}

describe('a mail server that is down', () => {
  it('fails no call and slows none, and every mail is sent once when it is back', async () => {
    const people = await Promise.all(
      Array.from({ length: doses.mailsDown }, () => newPerson(service)),
    )
    await mail.stop()
    for (const one of people) expect((await change(one)).status).toBe(204)
    await until('a try has failed', async () =>
      (await waiting()).some(({ attempts }) => attempts === 1),
    )
    expect(await waiting()).toHaveLength(people.length)
    const { used, taken } = await queuedMore(doses.mailsQueued)
    expect(used).toBeLessThan(20e6)
    // Two processes with three lanes
    expect(taken).toBeLessThanOrEqual(2 * 3 * 60)
    const text = JSON.stringify(lines.map(({ mock }) => mock.calls.map((call) => call.map(plain))))
    expect(text).toContain('mails can’t be sent; trying again')
    expect(text).toContain('ECONNREFUSED')
    expect(text).not.toContain('@example.com')
    expect(text).not.toContain(secret)
    await mail.start()
    const isEmpty = async (): Promise<boolean> => {
      const left = await waiting()
      // One that was being tried when the server came back
      if (left.some(({ retry_at }) => Number(retry_at) > 0)) await retry()
      return left.length === 0
    }
    await until('nothing is left', isEmpty)
    const [first, ...others] = people.map(({ email }) => mail.mailsTo(email).length)
    expect(others).toEqual(others.map(() => 1))
    // A process may have had some of the copies
    expect(first).toBeGreaterThan(0)
  })
})

describe('a changed password', () => {
  it('is mailed to the account’s address, once, in text and in HTML, and without the name (6.3.7)', async () => {
    const ada = await signedUp({ email: 'Ada@example.com' })
    await ada.ask(`PATCH /accounts/${ada.id}`, { name: 'Ada http://evil.example' })
    expect((await change(ada)).status).toBe(204)
    await until('it arrives', () => mail.mailsTo('Ada@example.com').length > 0)
    const [message] = mail.mailsTo('Ada@example.com')
    expect(message?.subject).toBe('Your password for Notes was changed')
    expect(message?.headers.get('from')).toBe('Notes <no-reply@notes.example>')
    expect(message?.headers.get('to')).toBe('Ada@example.com')
    expect(message?.headers.get('auto-submitted')).toBe('auto-generated')
    const link = `${service.issuer}/pages/reset`
    expect(message?.text).toContain(`\n${link}\n`)
    expect(message?.html).toContain(`href="${link}"`)
    expect(message?.raw).not.toContain('evil')
    await until('nothing is left', async () => (await waiting()).length === 0)
    expect(mail.mailsTo('Ada@example.com')).toHaveLength(1)
  })
  it('is mailed in the browser’s language, or in that of the account', async () => {
    const bob = await newPerson(service)
    await change(bob, { 'accept-language': 'fr, de-AT;q=0.8, en;q=0.5' })
    await until('the first arrives', () => mail.mailsTo(bob.email).length === 1)
    expect(mail.mailsTo(bob.email)[0]?.subject).toBe('Ihr Passwort für Notes wurde geändert')
    const answer = await bob.ask(`PATCH /accounts/${bob.id}`, { locale: 'EN-gb' })
    expect(await answer.json()).toMatchObject({ locale: 'en-GB' })
    await change(bob, { 'accept-language': 'de' })
    await until('the second arrives', () => mail.mailsTo(bob.email).length === 2)
    expect(mail.mailsTo(bob.email)[1]?.subject).toBe('Your password for Notes was changed')
    const wrong = await bob.ask(`PATCH /accounts/${bob.id}`, { locale: 'not a tag' })
    expect([wrong.status, await wrong.json()]).toMatchObject([
      400,
      { errors: [{ path: 'locale' }] },
    ])
  })
})

describe('what an operator changes', () => {
  it('is mailed: a reset to the account, an address to the former one (H23)', async () => {
    const { email, id } = await newPerson(service)
    await service.keyhaven.accounts.resetPassword(id, 'a lost phone')
    await service.keyhaven.accounts.setEmail(id, `new-${email}`)
    await service.keyhaven.accounts.setEmail(id, `NEW-${email}`)
    await until('both arrive', () => mail.mailsTo(email).length === 2)
    expect(mail.mailsTo(email).map(({ subject }) => subject)).toEqual([
      'Notes made a link that sets your password',
      'The address of your account at Notes was changed',
    ])
    await until('nothing is left', async () => (await waiting()).length === 0)
    expect(mail.mailsTo(`new-${email}`)).toEqual([])
  })
})

describe('a mail that its recipient’s server refuses', () => {
  it('is given up after a 550 and recorded without the address; after a 451 it is tried again', async () => {
    const refused = await signedUp({ email: 'refused@example.com' })
    const later = await signedUp({ email: 'later@example.com' })
    await change(refused)
    await change(later)
    await until('one is given up', async () => (await givenUp(refused)).length === 1)
    expect(await givenUp(refused)).toEqual([
      { template: 'password-changed', cause: 'refused', response: 550, attempts: 1 },
    ])
    await until('one was tried', async () => (await waiting())[0]?.['attempts'] === 1)
    const [row] = await waiting()
    const wait = Number(row?.['retry_at']) - Number(row?.['written_at'])
    expect(wait).toBeGreaterThanOrEqual(30_000)
    expect(wait).toBeLessThan(45_000)
    await retry()
    await until('it was tried again', async () => (await waiting())[0]?.['attempts'] === 2)
    expect(String(row?.['payload'])).not.toContain('later')
    await changeIn(database, `update mails set retry_at = 0, written_at = written_at - 86400000`)
    await until('it is given up', async () => (await givenUp(later)).length === 1)
    expect(await givenUp(later)).toEqual([
      { template: 'password-changed', cause: 'expired', attempts: 2 },
    ])
    expect(await waiting()).toEqual([])
  })
})

describe('a mail that hangs, or whose connection breaks', () => {
  it('delays no other', async () => {
    const stuck = await signedUp({ email: 'silent@example.com' })
    const broken = await signedUp({ email: 'cut@example.com' })
    await change(stuck)
    await change(broken)
    const copies = (account: string, lane: string): string =>
      `insert into mails (template, event, account_id, payload, share, lane, written_at)
       with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 60)
       select template, event, ${account}, payload, share, '${lane}', written_at
       from numbers cross join (select * from mails where account_id = '${stuck.id}' limit 1) one`
    // Of addresses that nobody has confirmed, and of one account
    await changeIn(database, copies("'stuck' || n", 'unconfirmed'))
    await changeIn(database, copies(`'${stuck.id}'`, 'first'))
    const people = await Promise.all(Array.from({ length: 5 }, () => newPerson(service)))
    await Promise.all(people.map((one) => change(one)))
    // Sooner than a mail that hangs is given up
    const arrived = (): boolean => people.every(({ email }) => mail.mailsTo(email).length === 1)
    await until('they arrive', arrived, 9)
    expect(mail.most()).toBeLessThanOrEqual(8)
    await changeIn(database, 'delete from mails')
  })
})

describe('the mails of an hour (H13)', () => {
  it('keep half for confirmed addresses and a part for known devices; notices are outside them', async () => {
    const { email, ...recipient } = await newPerson(service)
    await mail.stop()
    await change({ email, ...recipient })
    await until('it waits', async () => (await waiting())[0]?.['attempts'] === 1)
    await mail.start()
    /** Queues mails that use a share, by copies of the one that waits. */
    const queue = async (share: string, count: number): Promise<void> => {
      const lane = share === 'unconfirmed' ? 'unconfirmed' : 'first'
      const numbers = Array.from({ length: count }, (_, at) => `select ${at} as n`)
      await changeIn(
        database,
        `insert into mails (template, event, account_id, payload, share, lane, written_at)
         select template, event, '${share}' || n, payload, '${share}', '${lane}', written_at from mails
         cross join (${numbers.join(' union all ')}) numbers where attempts = 1`,
      )
      const left = `select id from mails where share = '${share}' and retry_at = 0`
      await until('none is new', async () => (await rowsIn(database, left)).length === 0)
    }
    const sent = () => mail.mailsTo(email).length
    // 20 in an hour: 10 of them for unconfirmed addresses, 1 for known devices
    await queue('unconfirmed', 12)
    expect(sent()).toBe(10)
    await queue('confirmed', 11)
    expect(sent()).toBe(19)
    await queue('known-device', 2)
    expect(sent()).toBe(20)
    await queue('notice', 2)
    expect(sent()).toBe(22)
    const held = await rowsIn(
      database,
      "select share from mails where share <> 'notice' order by id",
    )
    expect(held.map(({ share }) => share)).toEqual(['confirmed', 'confirmed', 'known-device'])
    // They waited for an hour
    await changeIn(database, 'update mails set written_at = written_at - 3600000, retry_at = 0')
    await until('nothing is left', async () => (await waiting()).length === 0)
    expect(sent()).toBe(26)
  })
})

describe('a mail server off this machine', () => {
  // Not the name of this machine, and yet its address
  const place = (user: string, end = ''): string =>
    mail.url.replace('127.0.0.1', `${user}@0.0.0.0`).replace(/$/, end)
  it.each([
    ['without STARTTLS gets no mail and no password', () => place(`keyhaven:${secret}`), 0],
    [
      'gets them in plain text if the setting says so',
      () => place(`keyhaven:${secret}`, '?tls=off'),
      1,
    ],
  ])('%s', async (_, url, arrives) => {
    const folder = newFolder()
    const one = await serve(folder, { mail: url(), mailFrom: 'no-reply@notes.example', log })
    const logins = mail.logins.length
    const ada = await newPerson(one)
    await ada.ask(`PUT /accounts/${ada.id}/password`, { current: password, password })
    const rows = () => databaseIn(folder).then((at) => rowsIn(at, 'select attempts from mails'))
    await until('it was tried', async () => {
      const [row] = await rows()
      return arrives === 1 ? row === undefined : row?.['attempts'] === 1
    })
    expect(mail.mailsTo(ada.email)).toHaveLength(arrives)
    expect(mail.logins.length > logins).toBe(url().endsWith('tls=off'))
    await one.close()
    rmSync(folder, { recursive: true })
  })
})

describe('a row of a later version', () => {
  it('stays', async () => {
    await changeIn(
      database,
      `insert into mails (template, event, account_id, payload, share, lane, written_at)
       values ('of-a-later-version', 'later', '', 'sealed', 'notice', 'first', 1)`,
    )
    const one = await newPerson(service)
    await change(one)
    await until('another is sent', () => mail.mailsTo(one.email).length === 1)
    expect(await waiting()).toMatchObject([{ template: 'of-a-later-version', attempts: 0 }])
    await changeIn(database, 'delete from mails')
  })
})

describe('the metrics of mails', () => {
  it('count what became of each, and what waits', async () => {
    const key = await service.keyhaven.guards.add('metrics')
    const texts = [service, other].map(async ({ address }) => {
      const answer = await fetch(`${address}/metrics`, {
        headers: { authorization: `Bearer ${key}` },
      })
      return metricsIn(await answer.text())
    })
    const [one, two] = await Promise.all(texts)
    const of = (outcome: string): number =>
      [one, two]
        .map((all) => all?.get('keyhaven_mails_total')?.samples)
        .reduce(
          (sum, all) => sum + (all?.get(`keyhaven_mails_total{outcome="${outcome}"}`) ?? 0),
          0,
        )
    // One was sent by another service
    expect(of('sent')).toBe(mail.mails.length - 1)
    expect(of('dropped')).toBe(2)
    expect(of('dead')).toBe(2)
    expect(of('blank')).toBe(1)
    expect(of('failed')).toBeGreaterThan(1)
    expect(of('queued')).toBeGreaterThan(10)
    expect(one?.get('keyhaven_mails_waiting')?.samples.get('keyhaven_mails_waiting')).toBe(0)
    expect(one?.get('keyhaven_mail_age_seconds')?.samples.get('keyhaven_mail_age_seconds')).toBe(0)
  })
})
