import type { Problem } from '../wire/problem.ts'
import { catalogue } from './catalogue.ts'
import type { ErrorCode } from './catalogue.ts'
import { sentenceOf } from './keyhaven-error.ts'
import type { ErrorDetails } from './keyhaven-error.ts'

/**
 * The body of a refusal (RFC 9457). Only with `development` it names the failed check, so that in
 * production one code always has the same body.
 */
export function problemOf(
  code: ErrorCode,
  details: ErrorDetails = {},
  development = false,
): Problem {
  const { status, title, hint } = catalogue[code]
  return {
    type: `urn:keyhaven:error:${code}`,
    title,
    status,
    detail: sentenceOf(code, details),
    code,
    ...(details.errors && { errors: details.errors }),
    ...(details.scope !== undefined && { scope: details.scope }),
    ...(details.maxAge !== undefined && { max_age: details.maxAge }),
    ...details.attempt,
    ...(details.passkey && { passkey: details.passkey }),
    ...(details.check && { check: details.check }),
    ...(details.seen && { seen: details.seen }),
    ...(development && details.reason !== undefined && { reason: details.reason }),
    ...(development && { hint: details.hint ?? hint }),
  }
}
