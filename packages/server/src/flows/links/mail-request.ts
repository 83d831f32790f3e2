import { KeyhavenError } from '@keyhaven/core/errors'
import { emailKey } from '../../model/canonical-login.ts'

/** A request for a mail: the address as it was typed, and what the browser sends beside it. */
export interface MailRequest {
  readonly email: string
  readonly flowCookies: readonly string[]
}

/** The canonical form of a typed address. @throws KeyhavenError `invalid_request`. */
export function requireAddress(email: string): string {
  const key = emailKey(email)
  if (key !== undefined) return key
  const message = 'This is not an e-mail address: write it like name@example.com.'
  throw new KeyhavenError('invalid_request', { errors: [{ path: 'email', message }] })
}
