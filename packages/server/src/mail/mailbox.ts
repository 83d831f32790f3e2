import { actionsIn } from './actions-in.ts'
import type { MailMessage, MailSending } from './message.ts'

/** A mail in the mailbox. */
export interface BoxedMail extends MailMessage {
  /** Counts from 1. */
  readonly number: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The mailbox of development: it has the newest mails of this process, in memory. */
export interface Mailbox extends MailSending {
  /** The newest first. */
  all(): readonly BoxedMail[]
  find(number: number): BoxedMail | undefined
  /** The number of the newest mail, 0 without one. */
  newest(): number
}

/** Mails that stay. */
const MOST = 100

/** Creates a mailbox. `print` gets a line for each mail, with its links, which stand in no log. */
export function createMailbox(print: (line: string) => void): Mailbox {
  let mails: readonly BoxedMail[] = []
  let count = 0
  return {
    send: async (message) => {
      count += 1
      mails = [{ ...message, number: count, at: Date.now() }, ...mails].slice(0, MOST)
      print(lineOf(message))
    },
    close: () => {},
    all: () => mails,
    find: (number) => mails.find((one) => one.number === number),
    newest: () => count,
  }
}

function lineOf({ to, subject, text }: MailMessage): string {
  return [`mail to ${to}: ${subject}`, ...actionsIn(text).links].join(' ')
}
