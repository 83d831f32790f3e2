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
