import type { MailSender } from '../config/mail/place.ts'
import type { Locale } from './locale.ts'
import type { MailText } from './render.ts'
import type { SentTemplate } from './templates.ts'

/** A mail as it is sent. */
export interface MailMessage extends MailText {
  /** The same at every try, so that a second copy can be recognized. */
  readonly id: string
  readonly template: SentTemplate
  readonly locale: Locale
  readonly from: MailSender
  /** One address. */
  readonly to: string
}

/**
 * Sends a mail; it resolves when the mail was accepted. An error with a `responseCode` of 500 or more
 * gives the mail up, any other one leads to another try. The signal aborts after 30 seconds.
 */
export type SendMail = (message: MailMessage, signal: AbortSignal) => Promise<void>

/** What sends mails, and can be closed. */
export interface MailSending {
  readonly send: SendMail
  /** Ends its connections at once. */
  close(): void
}
