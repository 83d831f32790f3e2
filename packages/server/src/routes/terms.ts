import { none } from '../config/limits.ts'
import type { Terms } from '../http/route.ts'
import type { ReservedScope } from '@keyhaven/core/access'

/** The terms of answers that cost almost nothing. */
export const made = none(
  'The response is in memory, or comes from one read that all callers share.',
)

/** The terms of an administration call: a reserved scope. */
export function admin<S extends ReservedScope>(who: S): Terms<S, 'administration'> {
  return { who, limit: 'administration' }
}
