import { KeyhavenError } from '@keyhaven/core/errors'
import { canonical } from '../secrets/hashes/passwords.ts'
import { folded, isCommonPassword, stemOf } from '../secrets/hashes/common-passwords.ts'
import { isPattern, unitOf } from '../secrets/hashes/password-patterns.ts'
import type { Rules } from './flow-settings.ts'

/** Longest password that is hashed, in bytes after NFC. */
const MAX_BYTES = 1024

/** What a password must not be made of alone. */
export interface Context {
  readonly email: string
  readonly username: string | null
  readonly name: string | null
}

/**
 * Refuses a password that is too short, too long or easily guessed, and says which. Each code point
 * counts as one character; there are no rules of composition (SP 800-63B-4 §3.1.1.2).
 */
export function checkPassword(
  { passwordMinLength }: Rules,
  password: string,
  context: Context,
): void {
  const text = canonical(password)
  if (!text.isWellFormed() || Buffer.byteLength(text) > MAX_BYTES) {
    const message = `The password is too long: choose one of at most ${MAX_BYTES} bytes of text.`
    throw new KeyhavenError('invalid_request', { errors: [{ path: 'password', message }] })
  }
  if (Array.from(text).length < passwordMinLength) {
    throw weak(`The password is too short: choose one of at least ${passwordMinLength} characters.`)
  }
  const typed = folded(text)
  if (isCommonPassword(typed)) {
    throw weak('This password is among the most common ones: choose another.')
  }
  if (isPattern(typed)) {
    throw weak('This password is a repetition or a sequence: choose another.')
  }
  if (isContext(typed, context)) {
    throw weak('This password is your name or address: choose another.')
  }
}

/** Digits and signs at the end of either do not make them differ, and repeating it does not. */
function isContext(typed: string, context: Context): boolean {
  const stem = stemOf(typed)
  const forms = [typed, unitOf(typed)]
  const stems = [stem, unitOf(stem)].filter((one) => one !== '')
  return contextWords(context).some((word) => forms.includes(word) || stems.includes(stemOf(word)))
}

function contextWords({ email, username, name }: Context): string[] {
  const [local = ''] = email.split('@')
  return [email, local, username, name, 'keyhaven'].filter((word) => word !== null).map(folded)
}

function weak(detail: string): KeyhavenError {
  return new KeyhavenError('weak_password', { detail })
}
