/** What is known of the user who chooses a password. */
export interface PasswordRules {
  /** The least number of characters: the service's `KEYHAVEN_PASSWORD_MIN_LENGTH`. */
  readonly minLength: number
  readonly email?: string | undefined
  readonly username?: string | undefined
  readonly name?: string | undefined
}

/** A rule that a new password does not meet. */
export type PasswordProblem = 'too_short' | 'too_long' | 'personal'

/** The service's longest password, in bytes. */
const MAX_BYTES = 1024

/**
 * The rules that a new password does not meet yet, for a form that shows them while its user types.
 * An empty list does not mean that the service takes it: it also refuses common passwords,
 * repetitions, sequences, and passwords of known breaches.
 */
export function passwordProblems(
  password: string,
  { minLength, ...personal }: PasswordRules,
): readonly PasswordProblem[] {
  const text = password.normalize('NFC')
  const isShort = Array.from(text).length < minLength
  const isLong = new TextEncoder().encode(text).length > MAX_BYTES
  return [
    ...(isShort ? (['too_short'] as const) : []),
    ...(isLong ? (['too_long'] as const) : []),
    ...(isPersonal(text, personal) ? (['personal'] as const) : []),
  ]
}

/** Ignores case, and digits and signs at the end, as the service does. */
function isPersonal(
  password: string,
  { email = '', username = '', name = '' }: Omit<PasswordRules, 'minLength'>,
): boolean {
  const typed = folded(password)
  const stem = stemOf(typed)
  return [email, email.split('@')[0] ?? '', username, name]
    .map((word) => folded(word.trim()))
    .some((word) => word !== '' && (typed === word || (stem !== '' && stem === stemOf(word))))
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

function stemOf(text: string): string {
  return text.replace(/[\d\s!-/:-@[-`{-~]+$/, '')
}
