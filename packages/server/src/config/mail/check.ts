import { isLoopback } from '@keyhaven/guard/kit'
import { ConfigurationError } from '../configuration-error.ts'
import type { MailPlace, MailSender } from './place.ts'

/** How mails are sent. */
export interface MailSettings {
  readonly place: MailPlace
  readonly from: MailSender
  /** The folder of the operator's templates, as an absolute path. */
  readonly templates: string | undefined
  /** The URL below which their links lead, without a slash at its end. */
  readonly pages: string
  /** Mails in an hour, notices not counted. */
  readonly perHour: number
  /** Whether a sign-in from a new device is mailed. */
  readonly notices: boolean
  /** Whether a person may sign in by mail. */
  readonly signIn: boolean
}

interface Given extends Omit<MailSettings, 'from'> {
  readonly from: MailSender | undefined
}

interface Place {
  readonly url: URL
  readonly development: boolean
  /** Mails are sent, by a server or otherwise. */
  readonly sendsMail: boolean
}

/**
 * Checks the settings of mail together.
 * @throws ConfigurationError with one sentence that states what to change.
 */
export function checkMail(
  { from, ...given }: Given,
  { url, development, sendsMail }: Place,
): MailSettings {
  if (given.place === 'mailbox' && !development) {
    throw new ConfigurationError(
      'KEYHAVEN_MAIL is mailbox, which is for development only: set it to the URL of your SMTP server, or to none.',
    )
  }
  if (typeof given.place === 'object' && from === undefined) {
    throw new ConfigurationError(
      'KEYHAVEN_MAIL names a mail server, but KEYHAVEN_MAIL_FROM is not set: set it to the sender, such as Example <no-reply@app.example>.',
    )
  }
  if (!development && isLoopback(new URL(given.pages).hostname)) {
    throw new ConfigurationError(
      'KEYHAVEN_PAGES is a URL of this machine, which links in mails can’t lead to: set it to a public https URL.',
    )
  }
  if (given.signIn && !sendsMail && given.place === 'none') {
    throw new ConfigurationError(
      'KEYHAVEN_EMAIL_SIGN_IN is on, but KEYHAVEN_MAIL is none: set KEYHAVEN_MAIL to the URL of your mail server, or KEYHAVEN_EMAIL_SIGN_IN to off.',
    )
  }
  const sender = from ?? { name: '', address: `no-reply@${url.hostname}` }
  return Object.freeze({ ...given, from: sender })
}
