import { KeyhavenError } from '@keyhaven/core/errors'
import type { OAuthError } from '@keyhaven/core/wire'

/** The codes of RFC 6749 §5.2 and RFC 8693 §2.2.2 that a flow decides on. */
export type OAuthCode = Exclude<OAuthError['error'], 'temporarily_unavailable' | 'server_error'>

/**
 * A refusal of an OAuth endpoint with its code. `description` states the fact, then what to do; it never contains
 * a credential.
 */
export class OAuthRefusal extends KeyhavenError {
  readonly error: OAuthCode

  constructor(error: OAuthCode, description: string) {
    const code = error === 'invalid_client' ? 'token_invalid' : 'invalid_request'
    super(code, { detail: description, reason: error })
    this.error = error
  }
}

/** The one refusal of a client that has no valid credential, whatever the reason (AS-10). */
export function invalidClient(): OAuthRefusal {
  return new OAuthRefusal(
    'invalid_client',
    'The client is not known, or its credential is not valid: use a live API key, a guard key, or the client_id of an app.',
  )
}
