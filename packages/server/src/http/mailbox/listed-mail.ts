import { actionsIn } from '../../mail/actions-in.ts'
import type { MailActions } from '../../mail/actions-in.ts'
import type { BoxedMail } from '../../mail/mailbox.ts'

/** A mail of the mailbox, as a program reads it. */
export interface ListedMail extends MailActions {
  /** Counts from 1. */
  readonly number: number
  /** ISO 8601. */
  readonly sentAt: string
  /** The kind of mail. */
  readonly template: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** The part of a mail that is listed. */
export function listedMail({ number, at, template, to, subject, text }: BoxedMail): ListedMail {
  const sentAt = new Date(at).toISOString()
  return { number, sentAt, template, to, subject, ...actionsIn(text), text }
}
