import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMailServer } from '@keyhaven/stage/mail/mail-server'
import type { MailServer } from '@keyhaven/stage/mail/mail-server'
import { mailFailure, tooLong } from './failure.ts'

const secret = 'a-secret-of-the-server'
let server: MailServer
let silent: Server

beforeAll(async () => {
  server = await startMailServer({ password: secret })
  silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
})
afterAll(async () => {
  await server.stop()
  silent.close()
})

interface Trial {
  readonly to?: string
  readonly port?: number
  readonly pass?: string
  readonly requireTLS?: boolean
}

/** Sends a mail, with shorter waits than the service's. */
async function sending({ to = 'ada@example.com', pass = secret, ...rest }: Trial) {
  const port = Number(new URL(server.url).port)
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxRequeues: 0,
    connectionTimeout: 300,
    greetingTimeout: 300,
    // As in smtp.ts
    socketTimeout: 400,
    auth: { user: 'ada', pass },
    ...rest,
  })
  const from = 'no-reply@example.com'
  const mail = { from, to: { name: '', address: to }, envelope: { from, to: [to] }, text: 'text' }
  try {
    await transport.sendMail(mail)
    throw new Error('It was sent.')
  } catch (error) {
    return mailFailure(error)
  } finally {
    transport.close()
  }
}

const portOf = (one: Server): number => (one.address() as AddressInfo).port

describe('a failure to send', () => {
  it.each([
    ['refuses the recipient', { to: 'refused@example.com' }, { kind: 'refused', response: 550 }],
    ['asks for another try', { to: 'later@example.com' }, { kind: 'later', response: 451 }],
    ['does not respond to RCPT TO', { to: 'silent@example.com' }, { kind: 'stalled' }],
    ['closes in the middle of a mail', { to: 'cut@example.com' }, { kind: 'unclear' }],
    ['refuses the password', { pass: 'wrong-words' }, { kind: 'down', response: 535 }],
    ['has no STARTTLS', { requireTLS: true }, { kind: 'down' }],
    ['is not there', { port: 9 }, { kind: 'down' }],
  ])('is that of the mail or of the server: it %s', async (_, trial, failure) => {
    expect(await sending(trial)).toMatchObject(failure)
  })

  it('is that of the mail if the mail takes too long in all', () => {
    expect(mailFailure(tooLong())).toEqual({
      kind: 'stalled',
      response: undefined,
      text: 'ETIMEDOUT',
    })
  })

  it('is that of the server if it never greets', async () => {
    expect(await sending({ port: portOf(silent) })).toMatchObject({ kind: 'down' })
  })

  it('quotes no address and no password, although the server does', async () => {
    const failures = [
      await sending({ pass: 'wrong-words' }),
      await sending({ to: 'refused@example.com' }),
      await sending({ port: 9 }),
    ]
    expect(failures.map(({ text }) => text)).toEqual([
      'EAUTH 535 at AUTH PLAIN',
      'EENVELOPE 550 at RCPT TO',
      'ESOCKET at CONN ECONNREFUSED',
    ])
  })
})
