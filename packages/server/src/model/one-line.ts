import { KeyhavenError } from '@keyhaven/core/errors'

/**
 * Control characters, line breaks, overrides and isolates of the direction (UAX #9), and halves of
 * surrogate pairs. They let a name imitate another line of a terminal, a log or a list, and
 * PostgreSQL stores no U+0000.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028-\u202E\u2066-\u2069]/u

/** Whether a text can be shown as one line. */
export function isOneLine(text: string): boolean {
  return !UNPRINTABLE.test(text)
}

/** The sentence that refuses a text that is not one line; `what` names the text. */
export function notOneLine(what: string): string {
  return `The ${what} contains a control character, a line break or a change of direction: remove it.`
}

/** @throws KeyhavenError `invalid_request`, which names the member, if the text is not one line. */
export function requireOneLine(member: string, text: string | undefined): void {
  if (text === undefined || isOneLine(text)) return
  const errors = [{ path: member, message: notOneLine(member) }]
  throw new KeyhavenError('invalid_request', { errors })
}
