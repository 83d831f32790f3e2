import { createDecipheriv } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rowsIn } from './databases.ts'

/** A mail as a service has queued it. */
export interface QueuedMail {
  readonly template: string
  readonly to: string
  readonly locale: string
  readonly values: Readonly<Record<string, unknown>>
}

/** What a mail with a one-time token contains for its reader. */
export interface MailedLink {
  readonly url: string
  readonly token: string
  readonly code: string
}

/** The queue of a service that sends nothing: its mail server can't be reached. */
export interface MailQueue {
  /** Mails to an address in their order, without the blank ones. */
  to(address: string): Promise<readonly QueuedMail[]>
  /** The link and the code of the newest mail to an address. */
  link(address: string): Promise<MailedLink>
}

/** Settings with which a service queues its mails and sends none; `serve` leaves all of them there. */
export const unreachable = {
  KEYHAVEN_MAIL: 'smtp://127.0.0.1:9',
  KEYHAVEN_MAIL_FROM: 'Example <no-reply@example.com>',
} as const

/** Reads the queue of mails as its process would: with the master key of the data folder. */
export function mailQueue(data: string, database: string): MailQueue {
  const keyOf = async (): Promise<Buffer> => {
    const [key] = await rowsIn(database, "select sealed from service_keys where name = 'mail'")
    const master = Buffer.from(readFileSync(join(data, 'master.key'), 'utf8').trim(), 'base64url')
    return unsealed(master, 'service-key:mail', String(key?.['sealed']))
  }
  let own: Buffer | undefined
  const known = new Map<string, QueuedMail>()
  const mailOf = (key: Buffer, payload: string): QueuedMail => {
    const mail =
      known.get(payload) ?? (JSON.parse(unsealed(key, 'mail', payload).toString()) as QueuedMail)
    known.set(payload, mail)
    return mail
  }
  const to: MailQueue['to'] = async (address) => {
    const key = (own ??= await keyOf())
    const rows = await rowsIn(database, 'select payload from mails order by id')
    return rows
      .map(({ payload }) => mailOf(key, String(payload)))
      .filter((mail) => mail.to === address && mail.template !== 'blank')
  }
  return {
    to,
    link: async (address) => {
      const { link, code } = (await to(address)).at(-1)?.values ?? {}
      const url = String(link)
      return { url, token: /#(?:token|undo)=(.+)/.exec(url)?.[1] ?? '', code: String(code) }
    },
  }
}

function unsealed(key: Uint8Array, label: string, text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
}
