import { isLoopback } from '@keyhaven/guard/kit'
import { secret } from '../secret.ts'
import type { Secret } from '../secret.ts'

/** Where mails go: nowhere, to the mailbox of development, or to an SMTP server. */
export type MailPlace = 'none' | 'mailbox' | SmtpServer

/** An SMTP server, and the credentials for it. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /**
   * `implicit`: the connection begins with TLS. `required`: STARTTLS, or no mail is sent. `offered`:
   * STARTTLS if the server of this machine offers it. `off`: plain text.
   */
  readonly tls: 'implicit' | 'required' | 'offered' | 'off'
  readonly login: { readonly user: string; readonly password: Secret } | undefined
}

/** The name and address of a sender. */
export interface MailSender {
  /** Empty if the setting has an address only. */
  readonly name: string
  readonly address: string
}

const FORM =
  'must be none, mailbox, or a URL such as smtp://user:password@host:587 or smtps://user:password@host, with signs such as @ and / in the password percent-encoded'

/**
 * Parses `none`, `mailbox` or the URL of an SMTP server.
 * @throws Error whose message never contains the URL.
 */
export function mailPlace(text: string): MailPlace {
  if (text === 'none' || text === 'mailbox') return text
  const url = /^smtps?:\/\//i.test(text) ? URL.parse(text) : null
  if (url === null || url.hostname === '') throw new Error(FORM)
  if (!['', '/'].includes(url.pathname) || url.hash !== '') {
    throw new Error('must have no path or fragment after the host of the mail server')
  }
  return Object.freeze({
    host: url.hostname.replace(/^\[(.+)\]$/, '$1'),
    port: portOf(url),
    tls: tlsOf(url),
    login: loginOf(url),
  })
}

function portOf({ protocol, port }: URL): number {
  if (port === '0') throw new Error('must have a port from 1 to 65535')
  return Number(port || (protocol === 'smtps:' ? 465 : 587))
}

function tlsOf({ protocol, hostname, searchParams }: URL): SmtpServer['tls'] {
  for (const name of searchParams.keys()) {
    if (name !== 'tls') throw new Error('may have one parameter after the host, which is tls=off')
  }
  const [choice, second] = searchParams.getAll('tls')
  if (second !== undefined || (choice !== undefined && choice !== 'off')) {
    throw new Error('may have one parameter after the host, which is tls=off')
  }
  if (protocol === 'smtps:') {
    if (choice === 'off') throw new Error('must begin with smtp: if it ends with tls=off')
    return 'implicit'
  }
  if (choice === 'off') return 'off'
  return isLoopback(hostname) ? 'offered' : 'required'
}

function loginOf({ username, password }: URL): SmtpServer['login'] {
  if (username === '' && password === '') return undefined
  if (username === '' || password === '') {
    throw new Error('must have a user and a password, or neither')
  }
  return Object.freeze({ user: decoded(username), password: secret(decoded(password)) })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error(FORM)
  }
}

/** Parses `address` or `Name <address>`. */
export function mailSender(text: string): MailSender {
  const [, name = '', inner] = /^([^<>]*)<([^<>]*)>$/.exec(text.trim()) ?? []
  const address = (inner ?? text).trim()
  if (/\p{Cc}/u.test(text) || !/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z\d.-]{1,255}$/i.test(address)) {
    throw new Error('must be an address such as Example <no-reply@app.example>')
  }
  return Object.freeze({ name: name.trim().replace(/^"(.*)"$/, '$1'), address })
}
