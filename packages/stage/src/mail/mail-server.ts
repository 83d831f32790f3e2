import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { readMail } from './read-mail.ts'
import type { ReadMail } from './read-mail.ts'

/** A mail that the server accepted, for each recipient. */
export interface ReceivedMail extends ReadMail {
  readonly to: string
  /** Whether it came over TLS. */
  readonly secure: boolean
}

/** A real SMTP server on this machine. */
export interface MailServer {
  /** For `KEYHAVEN_MAIL`. */
  readonly url: string
  readonly mails: readonly ReceivedMail[]
  /** Users and passwords that clients sent. */
  readonly logins: readonly string[]
  /** The most connections that were open at once. */
  readonly most: () => number
  mailsTo(address: string): readonly ReceivedMail[]
  stop(): Promise<void>
  /** Begins again, at the same port. */
  start(): Promise<void>
}

interface Options {
  /** The password that clients must send. */
  readonly password?: string
  /** Offers STARTTLS, before which it accepts no login, or begins with TLS. */
  readonly tls?: {
    readonly key: string
    readonly certificate: string
    readonly from: 'start' | 'command'
  }
}

/**
 * Starts an SMTP server. It behaves by what the recipient's address begins with: `refused` gets 550,
 * `later` gets 451, `silent` gets no response, `cut` closes the connection in the middle of the
 * mail, `slow` waits for a second.
 */
export async function startMailServer({
  password: secret,
  tls,
}: Options = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = []
  const logins: string[] = []
  let open = 0
  let most = 0
  let port = 0
  let server: SMTPServer
  const start = async (): Promise<void> => {
    server = new SMTPServer({
      authOptional: secret === undefined,
      authMethods: ['PLAIN'],
      allowInsecureAuth: tls === undefined,
      disabledCommands: [
        ...(tls === undefined ? ['STARTTLS'] : []),
        ...(secret === undefined ? ['AUTH'] : []),
      ],
      ...(tls && { secure: tls.from === 'start', key: tls.key, cert: tls.certificate }),
      disableReverseLookup: true,
      closeTimeout: 1,
      onConnect: (_session, callback) => {
        open += 1
        most = Math.max(most, open)
        callback()
      },
      onClose: () => {
        open -= 1
      },
      onAuth: ({ username, password }, _session, callback) => {
        logins.push(`${username} ${password}`)
        if (password === secret) callback(null, { user: username })
        // Servers may quote what they refuse
        else callback(failure(535, `EWRONG ${username} ${password}`))
      },
      onRcptTo: ({ address }, _session, callback) => {
        if (address.startsWith('silent')) return
        if (address.startsWith('refused')) return callback(failure(550, 'No such user here'))
        if (address.startsWith('later')) return callback(failure(451, 'Come back later'))
        callback()
      },
      onData: (stream, { envelope, id, secure }, callback) => {
        const chunks: Buffer[] = []
        const recipients = envelope.rcptTo.map(({ address }) => address)
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        if (recipients.some((one) => one.startsWith('cut'))) return cut(server, id)
        stream.on('end', () => {
          const answer = (): void => {
            const read = readMail(Buffer.concat(chunks).toString())
            mails.push(...recipients.map((to) => ({ ...read, to, secure })))
            callback()
          }
          if (recipients.some((one) => one.startsWith('slow'))) setTimeout(answer, 1000)
          else answer()
        })
      },
    })
    // A client that is cut off is no failure of the server
    server.on('error', () => {})
    server.listen(port, '127.0.0.1')
    await once(server.server, 'listening')
    port = (server.server.address() as AddressInfo).port
  }
  await start()
  return {
    url: `${tls?.from === 'start' ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    mails,
    logins,
    most: () => most,
    mailsTo: (address) => mails.filter(({ to }) => to === address),
    start,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Ends the connection of a session at once. */
function cut({ connections }: SMTPServer, id: string): void {
  for (const connection of connections) if (connection.id === id) connection.close()
}

function failure(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}
