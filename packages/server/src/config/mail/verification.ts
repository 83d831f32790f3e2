import { ConfigurationError } from '../configuration-error.ts'

/**
 * Whether addresses must be confirmed, which needs mails.
 * @throws ConfigurationError.
 */
export function verificationOf(choice: 'on' | 'off', sendsMail: boolean): 'on' | 'off' {
  if (choice === 'off' || sendsMail) return choice
  throw new ConfigurationError(
    'KEYHAVEN_EMAIL_VERIFICATION is on, but KEYHAVEN_MAIL is none: set KEYHAVEN_MAIL to the URL of your mail server, or KEYHAVEN_EMAIL_VERIFICATION to off, which accepts that sign-up reveals whether an address has an account.',
  )
}
