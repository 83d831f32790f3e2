import { KeyhavenError } from '@keyhaven/core/errors'
import { isOneLine } from '../config/is-one-line.ts'

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
