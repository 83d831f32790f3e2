/**
 * The meaning of one code. `detail` is safe to show to any user: first the fact, then what to do. `hint` is
 * for developers.
 */
export interface CatalogueEntry {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly hint: string
}

/** Codes by status. The names are the API: they never change their meaning. */
export type ErrorCode =
  | 'invalid_request'
  | 'weak_password'
  | 'breached_password'
  | 'password_required'
  | 'link_invalid'
  | 'link_expired'
  | 'link_elsewhere'
  | 'not_signed_in'
  | 'token_invalid'
  | 'token_expired'
  | 'session_ended'
  | 'account_locked'
  | 'invalid_credentials'
  | 'second_factor_required'
  | 'mail_code_required'
  | 'attempt_over'
  | 'step_up_required'
  | 'csrf_failed'
  | 'insufficient_scope'
  | 'credential_not_allowed'
  | 'email_unverified'
  | 'password_change_required'
  | 'factor_required'
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

/** Every error by its code, sorted by status. */
export const catalogue: Entries = frozen({
  invalid_request: {
    status: 400,
    title: 'The request is not well formed',
    detail: 'The request is not well formed. Correct it, then send it again.',
    hint: 'The member `errors` names each part that is not accepted, and the reason.',
  },
  weak_password: {
    status: 400,
    title: 'The password is too weak',
    detail: 'The password is too weak. Choose a longer or less common one.',
    hint: 'Show `detail` beside the password field; it names the rule that the password breaks.',
  },
  breached_password: {
    status: 400,
    title: 'The password is known from a breach',
    detail: 'This password has appeared in a data breach. Choose another one.',
    hint: 'Show `detail` beside the password field.',
  },
  password_required: {
    status: 400,
    title: 'A password is needed',
    detail: 'Another browser began this. Choose a password for the account here.',
    hint: 'The browser did not sign up, so nothing of the sign-up but its address is used: send `password` beside the token.',
  },
  link_invalid: {
    status: 400,
    title: 'The link is not valid',
    detail: 'This link is not valid. Request a new one.',
    hint: 'The link was used before, was cut short, or belongs to another purpose.',
  },
  link_expired: {
    status: 400,
    title: 'The link has expired',
    detail: 'This link has expired. Request a new one.',
    hint: 'One-time links live for minutes; offer to send another.',
  },
  link_elsewhere: {
    status: 400,
    title: 'The link belongs to another session',
    detail:
      'This link does not work here. Open it in the browser that requested it, or type its code there.',
    hint: 'The link needs a session of the account that it is for. Show the code, so that the person can type it there.',
  },
  not_signed_in: {
    status: 401,
    title: 'Not signed in',
    detail: 'You are not signed in. Sign in, then try again.',
    hint: 'The request had no credential. In a browser: is the cookie sent (same site, credentials mode)? Elsewhere: send Authorization: Bearer.',
  },
  token_invalid: {
    status: 401,
    title: 'The credential is not valid',
    detail: 'This sign-in is not valid any more. Sign in again.',
    hint: 'The log names the check that failed; in development the body does too. Try `keyhaven inspect`.',
  },
  token_expired: {
    status: 401,
    title: 'The access token has expired',
    detail: 'The access token has expired. Renew the session, then send the request again.',
    hint: 'The client calls `/user/current` once and repeats the request; other callers request a new token.',
  },
  session_ended: {
    status: 401,
    title: 'The session has ended',
    detail: 'The session has ended. Sign in again.',
    hint: 'The session was ended by sign-out, by its owner, by an operator, or by a limit.',
  },
  account_locked: {
    status: 401,
    title: 'The account can’t be used',
    detail: 'This account is locked or disabled. Contact the people who run this service.',
    hint: 'The account is locked or disabled. `keyhaven accounts unlock` unlocks it; sessions that ended stay ended.',
  },
  invalid_credentials: {
    status: 401,
    title: 'Sign-in failed',
    detail:
      'The e-mail address or user name and the password don’t match. Check both, then try again.',
    hint: 'An unknown account and a wrong password get the same answer, on purpose.',
  },
  second_factor_required: {
    status: 401,
    title: 'A second factor is needed',
    detail:
      'One proof is not enough for this account. Enter the code of your authenticator app, or use your passkey or a recovery code.',
    hint: 'The member `factors` names the factors that the account has, and `expiresIn` the seconds left. If it is empty, one must be set up first: see `enrol`.',
  },
  mail_code_required: {
    status: 401,
    title: 'A code from your mail is needed',
    detail: 'This account does not know this browser. Enter the code that was mailed to you.',
    hint: 'Repeat the call with the member `mailCode`.',
  },
  attempt_over: {
    status: 401,
    title: 'The sign-in is over',
    detail: 'This sign-in is over. Begin again.',
    hint: 'The attempt has expired or was used, five second factors were wrong, the account has changed, or the call came from another browser.',
  },
  step_up_required: {
    status: 401,
    title: 'A fresh sign-in is needed',
    detail: 'The last sign-in is too old for this. Prove again who you are, then try again.',
    hint: 'The member `max_age` is the age in seconds that the proof may have (RFC 9470). In a page: listen to `step-up`, and call `auth.stepUp`. Elsewhere: POST /sessions/current/step-up.',
  },
  csrf_failed: {
    status: 403,
    title: 'The request did not come from this site',
    detail: 'The request did not come from a page of this site. Reload the page, then try again.',
    hint: 'With check `origin`: `seen` has the headers that were received; add a page’s origin to `allowedOrigins`, and let a program send the header Origin. With check `token`: send the header X-XSRF-TOKEN, or use auth.fetch.',
  },
  insufficient_scope: {
    status: 403,
    title: 'This account may not do that',
    detail: 'This account may not do that. Request the missing permission.',
    hint: 'The member `scope` names the missing scope; grant it by a role.',
  },
  credential_not_allowed: {
    status: 403,
    title: 'This kind of credential may not do that',
    detail: 'This kind of credential may not do that. Sign in as a person in a browser.',
    hint: 'The call needs a person’s own session; tokens for other audiences and API keys are refused.',
  },
  email_unverified: {
    status: 403,
    title: 'The e-mail address is not verified',
    detail:
      'The e-mail address is not verified. Open the link in the message that was sent to you.',
    hint: 'Offer to send the message again.',
  },
  password_change_required: {
    status: 403,
    title: 'The password must be changed',
    detail: 'This password was replaced and is not valid any more. Reset your password.',
    hint: 'A change of the password was lost in a failover, or support has required another one. The service mails a link that sets it; `keyhaven accounts reset-password` prints one.',
  },
  factor_required: {
    status: 403,
    title: 'A second factor must be set up',
    detail:
      'This needs a second factor, and your account has none. Set one up, then sign in again.',
    hint: 'The service requires a second factor of accounts that hold this scope (`KEYHAVEN_SECOND_FACTOR`).',
  },
  insecure_transport: {
    status: 403,
    title: 'The connection is not encrypted',
    detail: 'The connection is not encrypted. Use https.',
    hint: 'The issuer is an https URL but the request came over plain http. Behind a proxy: set X-Forwarded-Proto there and list it in `trustProxy`.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    detail: 'There is nothing at this address. Check it.',
    hint: 'The resource does not exist, or belongs to another account.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address does not accept that method. Use one that the Allow header names.',
    hint: 'The path exists, the method does not.',
  },
  conflict: {
    status: 409,
    title: 'Conflict with what exists',
    detail: 'This value is taken. Choose another one, or sign in if the account is yours.',
    hint: 'The value must be unique, or the last of its kind must stay.',
  },
  payload_too_large: {
    status: 413,
    title: 'The request is too large',
    detail: 'The request is too large. Send less than 64 KiB.',
    hint: 'Bodies of over 64 KiB are refused before they are read.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not accepted',
    detail: 'The body is not JSON. Send it as application/json.',
    hint: 'Set the header Content-Type: application/json; forms are refused on purpose.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many attempts',
    detail: 'There were too many attempts. Wait, then try again.',
    hint: 'The answer’s `detail` and its Retry-After header name the seconds to wait.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on the server',
    detail:
      'Something went wrong on the server. Try again; if it happens again, report it to the people who run this service.',
    hint: 'The log has the cause under the request id.',
  },
  token_too_large: {
    status: 500,
    title: 'The access token would be too large',
    detail: 'The access token would be too large. Report it to the people who run this service.',
    hint: 'The token would pass 3,500 bytes: the log names the claims. Keep large data behind an API, not in claims.',
  },
  overloaded: {
    status: 503,
    title: 'The service is busy',
    detail: 'The service is busy. Wait a moment, then try again.',
    hint: 'The queue is full; the Retry-After header names the seconds to wait.',
  },
  unavailable: {
    status: 503,
    title: 'The service can’t answer now',
    detail: 'The service can’t answer now. Wait a moment, then try again.',
    hint: 'The database or the issuer could not be reached. This signs no user out.',
  },
  revocations_stale: {
    status: 503,
    title: 'Revocations are out of date',
    detail:
      'This API can’t check now whether sign-ins are still valid. Wait a moment, then try again.',
    hint: 'This guard has received nothing from the service for longer than `maxStaleness`, so it refuses rather than guess.',
  },
})

type Entries = Readonly<Record<ErrorCode, CatalogueEntry>>

/** No caller can change an entry for all others. */
function frozen(entries: Entries): Entries {
  for (const entry of Object.values(entries)) Object.freeze(entry)
  return Object.freeze(entries)
}
