/**
 * What one code means. `detail` is safe to show to any user: first what happened, then what to do. `hint` is for
 * developers.
 */
export interface CatalogueEntry {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly hint: string
}

const entry = (status: number, title: string, detail: string, hint: string): CatalogueEntry =>
  Object.freeze({ status, title, detail, hint })

/** Codes by status. The names are the API: they never change their meaning. */
export type ErrorCode =
  | 'invalid_request'
  | 'weak_password'
  | 'breached_password'
  | 'link_invalid'
  | 'link_expired'
  | 'not_signed_in'
  | 'token_invalid'
  | 'token_expired'
  | 'session_ended'
  | 'account_locked'
  | 'invalid_credentials'
  | 'step_up_required'
  | 'csrf_failed'
  | 'insufficient_scope'
  | 'credential_not_allowed'
  | 'email_unverified'
  | 'password_change_required'
  | 'insecure_transport'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'internal'
  | 'token_too_large'
  | 'overloaded'
  | 'unavailable'
  | 'revocations_stale'

/** The catalogue: `code → status, title, sentence, hint`. Sorted by status. */
export const catalogue: Readonly<Record<ErrorCode, CatalogueEntry>> = Object.freeze({
  invalid_request: entry(
    400,
    'The request is not well formed',
    'The request is not well formed. Correct it, then send it again.',
    'The member `errors` names each part that can’t be taken and why.',
  ),
  weak_password: entry(
    400,
    'The password is too weak',
    'The password is too weak. Choose a longer or less common one.',
    'Show `detail` beside the password field; it names the rule that was missed.',
  ),
  breached_password: entry(
    400,
    'The password is known from a breach',
    'This password has appeared in a data breach. Choose another one.',
    'Show `detail` beside the password field.',
  ),
  link_invalid: entry(
    400,
    'The link is not valid',
    'This link is not valid. Request a new one.',
    'The link was used before, was cut short, or belongs to another purpose.',
  ),
  link_expired: entry(
    400,
    'The link has expired',
    'This link has expired. Request a new one.',
    'One-time links live for minutes; offer to send another.',
  ),
  not_signed_in: entry(
    401,
    'Not signed in',
    'You are not signed in. Sign in, then try again.',
    'No credential came. In a browser: is the cookie sent (same site, credentials mode)? Elsewhere: send Authorization: Bearer.',
  ),
  token_invalid: entry(
    401,
    'The credential is not valid',
    'This sign-in is not valid any more. Sign in again.',
    'The log names the check that failed; in development the body does too. Try `keyhaven inspect`.',
  ),
  token_expired: entry(
    401,
    'The access token has expired',
    'The access token has expired. Renew the session, then send the request again.',
    'The client asks `/user/current` once and repeats the request; other callers ask for a new token.',
  ),
  session_ended: entry(
    401,
    'The session has ended',
    'The session has ended. Sign in again.',
    'The session was ended by sign-out, by its owner, by an operator, or by a limit.',
  ),
  account_locked: entry(
    401,
    'The account can’t be used',
    'This account is locked or disabled. Ask the people who run this service.',
    'The account is locked or disabled; `keyhaven accounts unlock` opens it, and revives no session.',
  ),
  invalid_credentials: entry(
    401,
    'Sign-in failed',
    'The e-mail address or user name and the password don’t match. Check both, then try again.',
    'The same answer is given for an unknown account and for a wrong password, on purpose.',
  ),
  step_up_required: entry(
    401,
    'A fresh sign-in is needed',
    'The last sign-in is too old for this. Prove again who you are, then try again.',
    'The member `max_age` says how many seconds old the proof may be (RFC 9470).',
  ),
  csrf_failed: entry(
    403,
    'The request did not come from this site',
    'The request did not come from a page of this site. Reload the page, then try again.',
    'With check `origin`: `seen` says what came; add a page’s origin to `allowedOrigins`, and let a program send the header Origin. With check `token`: send the header X-XSRF-TOKEN, or use auth.fetch.',
  ),
  insufficient_scope: entry(
    403,
    'This account may not do that',
    'This account may not do that. Ask for the missing permission.',
    'The member `scope` names what was needed; grant it by a role.',
  ),
  credential_not_allowed: entry(
    403,
    'This kind of credential may not do that',
    'This kind of credential may not do that. Sign in as a person in a browser.',
    'The call needs a person’s own session; tokens for other audiences and API keys are refused.',
  ),
  email_unverified: entry(
    403,
    'The e-mail address is not confirmed',
    'The e-mail address is not confirmed. Open the link in the message that was sent to you.',
    'Offer to send the message again.',
  ),
  password_change_required: entry(
    403,
    'The password must be changed',
    'This password was replaced and opens nothing any more. Reset your password.',
    'A change of the password was lost in a failover. An operator sets another one with `keyhaven accounts reset-password`.',
  ),
  insecure_transport: entry(
    403,
    'The connection is not encrypted',
    'The connection is not encrypted. Use https.',
    'The issuer is an https URL but the request came over plain http. Behind a proxy: set X-Forwarded-Proto there and list it in `trustProxy`.',
  ),
  not_found: entry(
    404,
    'Not found',
    'There is nothing at this address. Check it.',
    'The resource does not exist, or belongs to somebody else.',
  ),
  method_not_allowed: entry(
    405,
    'Method not allowed',
    'This address does not take that method. Use one that the Allow header names.',
    'The path exists, the method does not.',
  ),
  conflict: entry(
    409,
    'Conflict with what exists',
    'This value is taken. Choose another one, or sign in if the account is yours.',
    'The value must be unique, or the last of its kind must stay.',
  ),
  payload_too_large: entry(
    413,
    'The request is too large',
    'The request is too large. Send less than 64 KiB.',
    'Bodies of over 64 KiB are refused before they are read.',
  ),
  unsupported_media_type: entry(
    415,
    'The content type is not accepted',
    'The body is not JSON. Send it as application/json.',
    'Set the header Content-Type: application/json; forms are refused on purpose.',
  ),
  rate_limited: entry(
    429,
    'Too many attempts',
    'There were too many attempts. Wait, then try again.',
    'The sentence of an answer and its Retry-After header name the seconds to wait.',
  ),
  internal: entry(
    500,
    'Something went wrong on the server',
    'Something went wrong on the server. Try again; if it happens again, report it to the people who run this service.',
    'The log has the cause under the request id.',
  ),
  token_too_large: entry(
    500,
    'The access token would be too large',
    'The access token would be too large. Report it to the people who run this service.',
    'The token would pass 3,500 bytes: the log names the claims. Keep large data behind an API, not in claims.',
  ),
  overloaded: entry(
    503,
    'The service is busy',
    'The service is busy. Wait a moment, then try again.',
    'The queue is full; the Retry-After header names the seconds to wait.',
  ),
  unavailable: entry(
    503,
    'The service can’t answer now',
    'The service can’t answer now. Wait a moment, then try again.',
    'The database or the issuer could not be reached; nobody is signed out by it.',
  ),
  revocations_stale: entry(
    503,
    'Revocations are out of date',
    'This API can’t check now whether sign-ins are still valid. Wait a moment, then try again.',
    'This guard has received nothing from the service for longer than `maxStaleness`, so it refuses rather than guess.',
  ),
})
