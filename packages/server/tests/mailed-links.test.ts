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
      `insert into mails (template, event, account_id, payload, share, written_at, claimed_until)
       values ('reset', 'a test', '', 'nothing', 'notice', ${Date.now()}, ${Date.now() + 80_000})`,
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

describe('a person who changes the address, over a real mail server', () => {
  it('confirms by the link, and the mails contain no name, and the way back (H14)', async () => {
    const by = person(service)
    await service.keyhaven.accounts.create({ email: by.email, password, name: 'Win a prize' })
    await by.signIn()
    await by.ask(`PATCH /accounts/${by.id}`, { locale: 'de' })
    const next = `next-${by.email}`
    const taken = await service.keyhaven.accounts.create({ email: `taken-${next}`, password })
    for (const email of [taken.email, next]) {
      expect((await by.ask(`PUT /accounts/${by.id}/email`, { email })).status).toBe(202)
    }
    const { page, token, mail } = await mailTo(next, 1)
    expect(page).toBe('email-change')
    expect(mail?.subject).toBe('Bestätigen Sie Ihre neue Adresse für Notes')
    expect(mail?.raw).not.toContain('Win a prize')
    await until('its owner is told', async () => server.mailsTo(taken.email).length === 1)
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
