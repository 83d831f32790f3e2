import type { Problem } from '../wire/problem.ts'
import { catalogue } from './catalogue.ts'
import type { ErrorCode } from './catalogue.ts'
import { sentenceOf } from './keyhaven-error.ts'
import type { ErrorDetails } from './keyhaven-error.ts'

/**
 * The body of a refusal (RFC 9457). The failed check is told only where `development` is true,
 * so that one code has one body for strangers.
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
    ...(details.check && { check: details.check }),
    ...(details.seen && { seen: details.seen }),
    ...(development && details.reason !== undefined && { reason: details.reason }),
    ...(development && { hint: details.hint ?? hint }),
  }
}
