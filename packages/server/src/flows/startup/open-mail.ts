import type { Settings } from '../../config/settings.ts'
import type { Database } from '../../database/database.ts'
import type { MailPayload } from '../../events/queue-mail.ts'
import { createMailbox } from '../../mail/mailbox.ts'
import type { MailSending, SendMail } from '../../mail/message.ts'
import type { Overrides } from '../../mail/overrides.ts'
import { smtpSending } from '../../mail/smtp.ts'
import { isSent } from '../../mail/template-names.ts'
import { emailKey } from '../../model/canonical-login.ts'
import { unseal } from '../../secrets/sealed.ts'
import { createFailureLog } from '../../telemetry/failure-log.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import { createMailQueue } from '../delivery/mail-queue.ts'
import type { MailLog } from '../delivery/mail-queue.ts'
import type { MailParts } from '../context.ts'

/** What the process adds to the settings of mail. */
export interface MailOfProcess {
  /** Sends in place of SMTP; `elsewhere` leaves queued mails to another process. */
  readonly sendMail: SendMail | 'elsewhere' | undefined
  readonly overrides: Overrides
  /** Prints a line for each mail of the mailbox. */
  readonly print: (line: string) => void
}

interface Needs {
  readonly settings: Settings
  readonly database: Database
  readonly metrics: Metrics
  readonly log: Logger
  readonly key: Uint8Array
}

/** Binds a sealed mail to the queue. */
export const MAIL_LABEL = 'mail'

/** Whether mails are queued at all. */
export function queuesMail({ mail }: Settings, { sendMail }: MailOfProcess): boolean {
  return mail.place !== 'none' || typeof sendMail === 'function'
}

/** Opens what sends the queued mails of this process. */
export function openMail(
  { settings, database, metrics, log, key }: Needs,
  ofProcess: MailOfProcess,
): MailParts {
  const { sendMail, overrides, print } = ofProcess
  const { mail, issuer } = settings
  const isQueued = queuesMail(settings, ofProcess)
  const host = new URL(issuer).hostname
  const mailbox =
    mail.place === 'mailbox' && sendMail === undefined ? createMailbox(print) : undefined
  const sending = mailbox ?? sendingOf(settings, host, sendMail)
  if (sending === undefined) return { isQueued, queue: undefined, mailbox }
  const product = mail.from.name || host
  const queue = createMailQueue({
    database,
    sending,
    metrics,
    perHour: mail.perHour,
    open: (sealed) => JSON.parse(unseal(key, MAIL_LABEL, sealed).toString()) as MailPayload,
    compose: async ({ id, to, template, locale, values }) => {
      // Rows are the service's own, but a malformed address would reach the mail server
      if (!isSent(template) || emailKey(to) === undefined) return undefined
      const { composeMail } = await import('../acts.ts')
      const text = composeMail({ template, locale, values }, { product, overrides })
      return { id, template, locale, to, from: mail.from, ...text }
    },
    log: mailLog(log),
  })
  return { isQueued, queue, mailbox }
}

function sendingOf(
  { mail: { place } }: Settings,
  host: string,
  sendMail: MailOfProcess['sendMail'],
): MailSending | undefined {
  if (sendMail === 'elsewhere') return undefined
  if (sendMail !== undefined)
    return { send: async (message, signal) => sendMail(message, signal), close: () => {} }
  return typeof place === 'object' ? smtpSending(place, host) : undefined
}

function mailLog(log: Logger): MailLog {
  const failing = createFailureLog(log, 'mails can’t be sent; trying again')
  const broken = createFailureLog(log, 'the queue of mails can’t be changed; trying again')
  return {
    failed: ({ id, template, attempts }, { text }) =>
      failing.failed(new Error(`mail ${id} (${template}), try ${attempts + 1}: ${text}`)),
    worked: failing.worked,
    givenUp: ({ id, template }, { text }) =>
      log.warn({ mail: id, template, cause: text }, 'a mail was given up'),
    broken: broken.failed,
  }
}
