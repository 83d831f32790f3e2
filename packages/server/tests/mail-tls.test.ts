import { rmSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { newPerson, password } from '@keyhaven/stage/http/person'
import { startAiosmtpd } from '@keyhaven/stage/mail/aiosmtpd'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { testLog } from '@keyhaven/stage/processes/log'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import { makeCertificate } from '@keyhaven/stage/proxies/https-sites'

const secret = 'words-of-the-mail-server'
/** An address of this machine that is not one of its names. */
const host = '0.0.0.0'
const usual = getCACertificates('default')
let own: Awaited<ReturnType<typeof makeCertificate>>
let others: Awaited<ReturnType<typeof makeCertificate>>
let untrusted: Awaited<ReturnType<typeof makeCertificate>>

beforeAll(async () => {
  own = await makeCertificate([host])
  others = await makeCertificate(['other.example', '127.0.0.1'])
  untrusted = await makeCertificate([host])
  setDefaultCACertificates([...usual, own.certificate, others.certificate])
})
afterAll(() => setDefaultCACertificates(usual))

interface Tried {
  readonly server: MailServer
  readonly email: string
  /** Everything that was logged, at every level. */
  readonly logged: string
}

interface Trial {
  readonly tls?: typeof own & { readonly from: 'start' | 'command' }
  /** The password that the service has. */
  readonly words?: string
  /** The end of its URL. */
  readonly end?: string
}

/** Changes a password, so that a mail is sent, and waits until that was tried. */
async function triedAt(mail: string): Promise<Omit<Tried, 'server'>> {
  const folder = newFolder()
  const log = testLog()
  const levels = (['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const).map((level) =>
    vi.spyOn(log, level),
  )
  const service = await serve(folder, { mail, mailFrom: 'no-reply@notes.example', log })
  const ada = await newPerson(service)
  await ada.ask(`PUT /accounts/${ada.id}/password`, { current: password, password })
  const database = await databaseIn(folder)
  await until('it was tried', async () => {
    const [row] = await rowsIn(database, 'select attempts from mails')
    return row === undefined || row['attempts'] === 1
  })
  await service.close()
  rmSync(folder, { recursive: true })
  const calls = levels.flatMap(({ mock }) => mock.calls.flat())
  return { email: ada.email, logged: calls.map(textOf).join('\n') }
}

/** The same, with a server of its own. */
async function tried({ tls, words = secret, end = '' }: Trial): Promise<Tried> {
  const server = await startMailServer({ password: secret, ...(tls && { tls }) })
  const url = server.url.replace('127.0.0.1', `keyhaven:${words}@${host}`)
  const result = await triedAt(url + end)
  await server.stop()
  return { server, ...result }
}

function textOf(part: unknown): string {
  const { err } = (part ?? {}) as { err?: Error }
  return `${JSON.stringify(part)} ${err?.stack} ${String(err?.cause)}`
}

describe('a mail server off this machine, with a certificate for its name', () => {
  it.each(['command', 'start'] as const)(
    'gets mails and the password over TLS only, which begins with a %s',
    async (from) => {
      const { server, email } = await tried({ tls: { ...own, from } })

      expect(server.mailsTo(email).map(({ secure }) => secure)).toEqual([true])
      expect(server.logins).toEqual([`keyhaven ${secret}`])
    },
  )
})

describe('Debian’s aiosmtpd', () => {
  it('gets a mail over STARTTLS as another implementation reads it', async () => {
    const server = await startAiosmtpd(own)
    const { email } = await triedAt(`smtp://${host}:${server.port}`)
    const [mail, second] = server.mails()
    await server.stop()
    expect(second).toBeUndefined()
    expect(mail?.headers.get('x-rcptto')).toBe(email)
    expect(mail?.headers.get('x-mailfrom')).toBe('no-reply@notes.example')
    expect(mail?.subject).toBe('Your password for localhost was changed')
    expect(mail?.text).toContain('/pages/reset')
    expect(mail?.html).toContain('/pages/reset')
  })
})

describe('a mail server off this machine with another certificate', () => {
  it.each([
    ['of another name, by STARTTLS', () => ({ ...others, from: 'command' as const })],
    ['of another name', () => ({ ...others, from: 'start' as const })],
    ['of an unknown authority', () => ({ ...untrusted, from: 'start' as const })],
  ])('gets no mail and no password: %s', async (_, tls) => {
    const { server, logged } = await tried({ tls: tls() })
    expect([server.mails, server.logins]).toEqual([[], []])
    expect(logged).toContain('mails can’t be sent; trying again')
    expect(logged).not.toContain(secret)
  })
})

describe('a mail server that refuses the password and quotes it', () => {
  it.each([
    ['in plain text', () => ({ end: '?tls=off' })],
    ['over TLS', () => ({ tls: { ...own, from: 'command' as const } })],
  ])('brings it into no log: %s', async (_, trial) => {
    const words = 'EWRONG-words'
    const { server, logged } = await tried({ ...trial(), words })
    expect(server.logins).toEqual([`keyhaven ${words}`])
    expect(logged).toContain('EAUTH 535')
    expect(logged).not.toContain('EWRONG')
    expect(logged).not.toContain(Buffer.from(`\0keyhaven\0${words}`).toString('base64'))
  })
})
