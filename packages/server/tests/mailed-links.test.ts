import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { password, person } from '@keyhaven/stage/http/person'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const other = 'another correct horse'
let server: MailServer
let service: Service

beforeAll(async () => {
  server = await startMailServer()
  service = await serve(newFolder(), {
    emailVerification: 'on',
    mail: server.url,
    mailFrom: 'Notes <no-reply@notes.example>',
    pages: 'https://notes.example/account',
  })
})
afterAll(async () => {
  await service?.close()
  await server?.stop()
  if (service) rmSync(service.data, { recursive: true })
})

/** The rows of a statement on the service's database. */
const rows = async (statement: string) => rowsIn(await databaseIn(service.data), statement)
const change = async (...statements: string[]): Promise<void> =>
  changeIn(await databaseIn(service.data), ...statements)

/** Lives of the links of an address that are left, in milliseconds from now on. */
async function livesOf(email: string): Promise<number[]> {
  const links = await rows(`select expires_at from links where email_key = '${email}'`)
  return links.map(({ expires_at }) => Number(expires_at) - Date.now())
}

const account = (email: string) => service.keyhaven.accounts.create({ email, password })

/** Why mails were given up, by the audit log. */
async function givenUp({ id }: { readonly id: string }): Promise<unknown[]> {
  const given = await rows(
    `select details from audit where action = 'mail.given_up' and account_id = '${id}' order by id`,
  )
  return given.map(({ details }) => (JSON.parse(String(details)) as { cause: unknown }).cause)
}

/** Uses up the mails of this hour. */
const useUpHour = () =>
  change(
    "delete from installation where name = 'mails.hour'",
    `insert into installation (name, value) values ('mails.hour', '${Date.now() - 60_000}:500:1000')`,
  )
const newHour = () => change("delete from installation where name = 'mails.hour'")

/** The newest mail to an address, with the token of its link and its code. */
async function mailTo(address: string, count: number) {
  await until('it has arrived', async () => server.mailsTo(address).length === count)
  const mail = server.mailsTo(address).at(-1)
  const text = mail?.text ?? ''
  const [, page, token = ''] =
    /https:\/\/notes\.example\/account\/(\S+)#token=(\S+)/.exec(text) ?? []
  const [, code = ''] = /^ *([A-Z2-9]{4}-[A-Z2-9]{4})$/m.exec(text) ?? []
  return { mail, page, token, code }
}

describe('a mail that another process has claimed', () => {
  it('stays with that process, also if its clock was a moment ahead', async () => {
    const database = await databaseIn(service.data)
    await changeIn(
      database,
      `insert into mails (template, event, account_id, payload, share, lane, written_at, claimed_until)
       values ('reset', 'a test', '', 'nothing', 'notice', 'first', ${Date.now()}, ${Date.now() + 80_000})`,
    )
    const { email } = await service.keyhaven.accounts.create({
      email: 'next@example.com',
      password,
    })
    await person(service).ask('POST /password-resets', { email })
    await mailTo(email, 1)
    // A process that claims it finds nothing that can be sent, and deletes it
    const left = await rowsIn(database, "select payload from mails where event = 'a test'")
    expect(left).toEqual([{ payload: 'nothing' }])
    await changeIn(database, "delete from mails where event = 'a test'")
  })
})

describe('a person who signs up and forgets the password, over a real mail server', () => {
  it('confirms by the link, and resets by the code, with what the mails contain', async () => {
    const by = person(service)
    const german = { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' }
    const body = { email: by.email, password, name: 'Win a prize' }
    expect((await by.ask('POST /accounts', body, german)).status).toBe(202)
    const first = await mailTo(by.email, 1)
    expect(first).toMatchObject({
      page: 'verify',
      mail: { subject: 'Bestätigen Sie Ihre Adresse für Notes' },
    })
    // It would carry words of the caller to another person's mailbox
    expect(first.mail?.raw).not.toContain('Win a prize')
    expect(first.mail?.html).toContain(first.token)
    const { token } = first
    expect((await by.ask('POST /email-verifications/confirm', { token })).status).toBe(201)
    expect((await by.ask('POST /password-resets', { email: by.email })).status).toBe(202)
    const { page, code } = await mailTo(by.email, 2)
    expect(page).toBe('reset')
    const reset = await by.ask('POST /password-resets/confirm', { code, password: other })
    expect(reset.status).toBe(204)
    await until('it is reported', async () => server.mailsTo(by.email).length === 3)
    expect(server.mailsTo(by.email)[2]?.text).not.toContain('#token=')
    await by.signIn({ password: other })
    // Nothing is sent for an address without an account
    await by.ask('POST /password-resets', { email: 'nobody@example.com' })
    await by.ask('POST /password-resets', { email: by.email })
    await mailTo(by.email, 4)
    expect(server.mailsTo('nobody@example.com')).toEqual([])
  })
})

describe('a link whose mail is not sent', () => {
  it('ends, so that five dropped ones leave the owner a mail (H13)', async () => {
    const { email } = person(service)
    await useUpHour()
    for (let at = 0; at < 5; at += 1) {
      await person(service).ask('POST /accounts', { email, password })
    }
    const left = `select id from links where email_key = '${email}'`
    await until('they are dropped', async () => (await rows(left)).length === 0)
    await newHour()
    const by = person(service)
    await by.ask('POST /accounts', { email, password })
    const { token } = await mailTo(email, 1)
    expect((await by.ask('POST /email-verifications/confirm', { token })).status).toBe(201)
  })

  it('ends if a server refuses the recipient', async () => {
    const { id, email } = await account('refused-reset@example.com')
    await person(service).ask('POST /password-resets', { email })
    await until('it is given up', async () => (await givenUp({ id })).length === 1)
    expect([await givenUp({ id }), await livesOf(email)]).toEqual([['refused'], []])
  })
})

describe('a mail with a link, while no mail server can be reached', () => {
  it('is sent with the whole life of its link, unless it is older than that or replaced', async () => {
    const one = await account('waits@example.com')
    const two = await account('waits-too-long@example.com')
    const by = person(service)
    await server.stop()
    await by.ask('POST /password-resets', { email: one.email })
    await by.ask('POST /password-resets', { email: one.email })
    await person(service).ask('POST /password-resets', { email: two.email })
    const tries = `select id from mails where attempts > 0`
    await until('one was tried', async () => (await rows(tries)).length > 0)
    const past = (minutes: number, { id, email }: { id: string; email: string }) => [
      `update mails set written_at = written_at - ${minutes * 60_000} where account_id = '${id}'`,
      `update links set expires_at = expires_at - ${minutes * 60_000} where email_key = '${email}'`,
    ]
    await change(...past(29, one), ...past(31, two))
    await server.start()
    const tryAgain = () => change('update mails set retry_at = 0 where claimed_until = 0')
    await until('it has arrived', async () => {
      await tryAgain()
      return server.mailsTo(one.email).length > 0
    })
    const { token } = await mailTo(one.email, 1)
    const [life = 0] = await livesOf(one.email)
    expect(life).toBeGreaterThan(29 * 60_000)
    expect(life).toBeLessThanOrEqual(30 * 60_000)
    await until('the others are given up', async () => {
      await tryAgain()
      return (await givenUp(one)).length === 1 && (await givenUp(two)).length === 1
    })
    expect([await givenUp(two), await livesOf(two.email)]).toEqual([['expired'], []])
    expect(await givenUp(one)).toEqual(['link_ended'])
    expect(server.mailsTo(two.email)).toEqual([])
    const body = { token, password: other }
    expect((await person(service).ask('POST /password-resets/confirm', body)).status).toBe(204)
  })
})

describe('a reset beyond the mails of the hour', () => {
  it('waits for ten minutes at most, and its link lives as long as its mail says (H13)', async () => {
    const { email } = await account('held@example.com')
    await useUpHour()
    await person(service).ask('POST /password-resets', { email })
    const held = 'select retry_at, written_at from mails where retry_at > 0'
    await until('it is held', async () => (await rows(held)).length === 1)
    const [{ retry_at, written_at } = {}] = await rows(held)
    expect(Number(retry_at) - Number(written_at)).toBe(600_000)
    await change('update mails set written_at = written_at - 600000, retry_at = 0')
    await mailTo(email, 1)
    expect((await livesOf(email))[0]).toBeGreaterThan(29 * 60_000)
    await newHour()
  })
})

describe('a person who changes the address, over a real mail server', () => {
  it('confirms by the link, and the mails contain no name, and the way back (H14)', async () => {
    const by = person(service)
    await service.keyhaven.accounts.create({ email: by.email, password, name: 'Win a prize' })
    await by.signIn()
    await by.ask(`PATCH /accounts/${by.id}`, { locale: 'de' })
    const next = `next-${by.email}`
    const taken = await service.keyhaven.accounts.create({ email: `taken-${next}`, password })
    const ask = (email: string) => by.ask(`PUT /accounts/${by.id}/email`, { email })
    expect((await ask(taken.email)).status).toBe(202)
    // A request that comes first would end the one before, and its mail
    await until('its owner is notified', async () => server.mailsTo(taken.email).length === 1)
    expect((await ask(next)).status).toBe(202)
    const { page, token, mail } = await mailTo(next, 1)
    expect(page).toBe('email-change')
    expect(mail?.subject).toBe('Bestätigen Sie Ihre neue Adresse für Notes')
    expect(mail?.raw).not.toContain('Win a prize')
    const [told] = server.mailsTo(taken.email)
    expect(told?.subject).toBe('Your address was entered at Notes')
    expect(told?.text).not.toContain('#token=')
    expect((await by.ask('POST /email-changes/confirm', { token })).status).toBe(200)
    await until('the notice has come', async () => server.mailsTo(by.email).length === 1)
    const [notice] = server.mailsTo(by.email)
    expect(notice?.subject).toBe('Die Adresse Ihres Kontos bei Notes wurde geändert')
    const [, undo] = /\/account\/email-change#undo=(\S+)/.exec(notice?.text ?? '') ?? []
    expect((await person(service).ask('POST /email-changes/undo', { token: undo })).status).toBe(
      200,
    )
    await until('the undo is reported', async () => server.mailsTo(next).length === 2)
    expect(server.mailsTo(next)[1]?.subject).toBe(
      'Ihr Konto bei Notes hat wieder seine frühere Adresse',
    )
  })
})
