import { none } from '../config/limits.ts'
import type { UserTerms } from '../http/route.ts'
import type { ReservedScope } from '@keyhaven/core/access'

/** The terms of answers that cost almost nothing. */
export const made = none(
  'The response is in memory, or comes from one read that all callers share.',
)

/**
 * The terms of an administration call: a reserved scope, and whether the call must be fresh. One that changes
 * something must be.
 */
export function admin<S extends ReservedScope, F extends boolean>(
  who: S,
  { fresh }: { readonly fresh: F },
): UserTerms<S, F> {
  return { who, limit: 'administration', fresh }
}
