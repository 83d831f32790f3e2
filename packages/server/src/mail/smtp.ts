import type { Transporter } from 'nodemailer'
import type { SmtpServer } from '../config/mail/place.ts'
import type { MailMessage, MailSending } from './message.ts'

/** Milliseconds to connect, for the greeting, and for each response. */
const TIMEOUT = 10_000

/** Connections of a process: one for each mail that is sent at once. */
const CONNECTIONS = 4

/**
 * Sends over SMTP, with connections that several mails use. The library is loaded with the first
 * mail. `host` names this service to the mail server.
 */
export function smtpSending(server: SmtpServer, host: string): MailSending {
  let transport: Transporter | undefined
  let closed = false
  const open = async (): Promise<Transporter> => {
    const { createTransport } = await import('nodemailer')
    if (closed) throw new Error('The service stops.')
    transport ??= createTransport({
      pool: true,
      maxConnections: CONNECTIONS,
      // The queue tries again, after a pause
      maxRequeues: 0,
      idleTimeout: TIMEOUT,
      connectionTimeout: TIMEOUT,
      greetingTimeout: TIMEOUT,
      // After the others: a server that never greets is down, and no mail is at fault
      socketTimeout: TIMEOUT + 500,
      dnsTimeout: TIMEOUT,
      name: host,
      host: server.host,
      port: server.port,
      ...tlsOf(server),
      ...(server.login && {
        auth: { user: server.login.user, pass: server.login.password.reveal() },
      }),
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    return transport
  }
  return {
    send: async (message, signal) => {
      await (await open()).sendMail({ ...mailOf(message, host), signal })
    },
    close: () => {
      closed = true
      transport?.close({ force: true })
    },
  }
}

function tlsOf({ tls }: SmtpServer) {
  switch (tls) {
    case 'implicit':
      return { secure: true }
    case 'required':
      return { requireTLS: true }
    case 'offered':
      // A certificate for this machine is seldom signed, and the connection leaves no machine
      return { tls: { rejectUnauthorized: false } }
    case 'off':
      return { ignoreTLS: true }
  }
}

/** Addresses are objects: a text would be parsed as a list of them. */
function mailOf({ id, from, to, subject, text, html }: MailMessage, host: string) {
  return {
    from: { ...from },
    to: { name: '', address: to },
    envelope: { from: from.address, to: [to] },
    subject,
    text,
    html,
    messageId: `<${id}@${host}>`,
    // RFC 3834: no program answers it with "out of office"
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}
