import { request } from 'node:http'
import { ConfigurationError } from '../../config/configuration-error.ts'
import { isLoopbackHost } from '../../config/loopback-host.ts'
import type { Settings } from '../../config/settings.ts'
import type { ListedMail } from '../../http/mailbox/listed-mail.ts'
import { withInstallation } from '../installation.ts'
import { printResult } from '../report.ts'

interface Flags {
  readonly json?: boolean
}

/** `keyhaven mail list`: prints the mailbox of the service that runs on this machine (H61). */
export function mailList({ json }: Flags): Promise<void> {
  return withInstallation(async (_, settings) => {
    requireMailbox(settings)
    const mails = (await mailsOf(settings)).toReversed()
    printResult(json, { mails }, () =>
      mails.length === 0 ? ['no mail yet: sign up, or change a password'] : mails.flatMap(linesOf),
    )
  })
}

/** @throws ConfigurationError if mails go elsewhere. */
function requireMailbox({ mail: { place } }: Settings): void {
  if (place === 'mailbox') return
  const where =
    place === 'none' ? 'none, so no mail is sent' : 'a mail server: read the mails there'
  throw new ConfigurationError(
    `KEYHAVEN_MAIL is ${where}. Only a service in development has a mailbox, with KEYHAVEN_MAIL=mailbox.`,
  )
}

function linesOf({ number, sentAt, to, subject, links, codes }: ListedMail): readonly string[] {
  return [
    `${number}  ${sentAt}  ${to}  ${subject}`,
    ...links.map((link) => `   link  ${link}`),
    ...codes.map((code) => `   code  ${code}`),
  ]
}

/** The mails, the newest first. @throws Error if no service answers. */
async function mailsOf({ issuer, host, port }: Settings): Promise<readonly ListedMail[]> {
  const url = new URL(`${issuer}/dev/mailbox/all`)
  // An app that embeds the service listens at the port of the URL
  for (const one of new Set([port, Number(url.port) || 80])) {
    const text = await read(url, { host: connectable(host), port: one })
    if (text !== undefined) return (JSON.parse(text) as { mails: readonly ListedMail[] }).mails
  }
  throw new Error(
    `No service with a mailbox answers on this machine for ${issuer}: start it, then run this again.`,
  )
}

/** The address of this machine at which a listener can be reached; the mailbox answers no other. */
function connectable(host: string): string {
  if (host === '::') return '::1'
  return isLoopbackHost(host) && host !== 'localhost' ? host : '127.0.0.1'
}

/** Milliseconds for an answer, and the most bytes of one: a hundred mails are less. */
const WAIT = 5000
const MOST = 5_000_000

/** The body of a 200; `undefined` for all else. */
function read(
  url: URL,
  at: { readonly host: string; readonly port: number },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const call = request({ ...at, path: url.pathname, headers: { host: url.host } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
        if (text.length > MOST) call.destroy()
      })
      answer.on('end', () => resolve(answer.statusCode === 200 ? text : undefined))
    })
    call.setTimeout(WAIT, () => call.destroy())
    call.on('error', () => resolve(undefined)).on('close', () => resolve(undefined))
    call.end()
  })
}
