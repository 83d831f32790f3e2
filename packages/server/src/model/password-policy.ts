import { KeyhavenError } from '@keyhaven/core/errors'
import { canonical } from '../secrets/hashes/passwords.ts'
import { folded, isCommonPassword, stemOf } from '../secrets/hashes/common-passwords.ts'
import { isPasswordPattern, unitOf } from '../secrets/hashes/password-patterns.ts'
import type { FlowSettings } from './flow-settings.ts'

/** Longest password that is hashed, in bytes after NFC. */
const MAX_BYTES = 1024

/** Texts that a password must not consist of. */
export interface PersonalWords {
  readonly email: string
  readonly username: string | null
  readonly name: string | null
}

/**
 * Refuses a password that is too short, too long or easily guessed, with the reason. Each code
 * point counts as one character; there are no composition rules (SP 800-63B-4 §3.1.1.2).
 * @throws KeyhavenError `weak_password` or `invalid_request`.
 */
export function applyPasswordPolicy(
  { passwords: { minLength } }: FlowSettings,
  password: string,
  personal: PersonalWords,
): void {
  const text = canonical(password)
  if (!text.isWellFormed()) {
    throw invalid(
      'The password contains half of a character (an unpaired surrogate): write it again.',
    )
  }
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw invalid(`The password is too long: choose one of at most ${MAX_BYTES} bytes of text.`)
  }
  if (Array.from(text).length < minLength) {
    throw weak(`The password is too short: choose one of at least ${minLength} characters.`)
  }
  const typed = folded(text)
  if (isCommonPassword(typed)) {
    throw weak('This password is among the most common ones: choose another.')
  }
  if (isPasswordPattern(typed)) {
    throw weak('This password is a repetition or a sequence: choose another.')
  }
  if (isPersonal(typed, personal)) {
    throw weak('This password is your name or address: choose another.')
  }
}

/** Ignores digits and signs at the end of either text, and repetition of the password. */
function isPersonal(typed: string, personal: PersonalWords): boolean {
  const stem = stemOf(typed)
  const forms = [typed, unitOf(typed)]
  const stems = [stem, unitOf(stem)].filter((one) => one !== '')
  return personalWords(personal).some(
    (word) => forms.includes(word) || stems.includes(stemOf(word)),
  )
}

function personalWords({ email, username, name }: PersonalWords): string[] {
  const [local = ''] = email.split('@')
  return [email, local, username, name, 'keyhaven'].filter((word) => word !== null).map(folded)
}

function invalid(message: string): KeyhavenError {
  return new KeyhavenError('invalid_request', { errors: [{ path: 'password', message }] })
}

function weak(detail: string): KeyhavenError {
  return new KeyhavenError('weak_password', { detail })
}
