import { catalogue, problemOf } from '@keyhaven/core/errors'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import type { Problem } from '@keyhaven/core/wire'
import type { AnswerHeaders } from '../adapters/cors.ts'

/** A refusal, ready to be written by any framework. */
export interface Refusal {
  readonly code: ErrorCode
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: Problem
  /** The check that failed, for the log only. */
  readonly reason: string | undefined
}

/** Codes about the token itself (RFC 6750 §3.1, `invalid_token`). */
const aboutTheToken: ReadonlySet<ErrorCode> = new Set([
  'token_invalid',
  'token_expired',
  'session_ended',
  'account_locked',
])

/** Builds the answer for a code: problem+json, with the challenge or waiting time that its status needs. */
export function refusal(code: ErrorCode, details: ErrorDetails = {}, development = false): Refusal {
  return {
    code,
    status: catalogue[code].status,
    reason: details.reason,
    headers: {
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      ...refusalHeaders(code, details),
    },
    body: problemOf(code, details, development),
  }
}

/**
 * The headers that the status of a refusal needs: the challenge of 401 and 403, the waiting time of 429 and
 * 503. `judged` is false for a call that needs no credential, as a sign-in to a locked account.
 */
export function refusalHeaders(
  code: ErrorCode,
  { scope, maxAge, retryAfter }: ErrorDetails,
  judged = true,
): AnswerHeaders {
  const { status } = catalogue[code]
  if (status === 429 || status === 503) return { 'Retry-After': String(retryAfter ?? 1) }
  const challenge =
    maxAge === undefined ? challengeOf(code, scope, judged) : stepUpChallenge(maxAge)
  return challenge === undefined ? {} : { 'WWW-Authenticate': challenge }
}

/**
 * The challenge of an OAuth client, which RFC 9110 §15.5.2 demands: of a scheme that no browser knows, because
 * `Basic` would open its dialog.
 */
export const clientChallenge: AnswerHeaders = { 'WWW-Authenticate': 'ApiKey realm="keyhaven"' }

/** RFC 9470 §3: the token is good, and its proof of identity is too old. */
function stepUpChallenge(maxAge: number): string {
  return `Bearer error="insufficient_user_authentication", max_age="${maxAge}"`
}

/** RFC 6750 §3: no error parameter for a request without a credential. Never Basic, which opens a dialog. */
function challengeOf(code: ErrorCode, scope = '', judged: boolean): string | undefined {
  if (code === 'insufficient_scope') return `Bearer error="insufficient_scope", scope="${scope}"`
  if (catalogue[code].status !== 401) return undefined
  return judged && aboutTheToken.has(code) ? 'Bearer error="invalid_token"' : 'Bearer'
}

/** Creates a function that builds refusals, and keeps one object for each code and reason. */
export function createRefusals(
  development: boolean,
): (code: ErrorCode, details?: ErrorDetails) => Refusal {
  const plain = new Map<string, Refusal>()
  return (code, details) => {
    const reason = details?.reason
    if (details !== undefined && Object.keys(details).some((name) => name !== 'reason')) {
      return refusal(code, details, development)
    }
    const key = reason === undefined ? code : `${code} ${reason}`
    const known = plain.get(key)
    if (known !== undefined) return known
    const built = refusal(code, details, development)
    if (plain.size < 200) plain.set(key, built)
    return built
  }
}
