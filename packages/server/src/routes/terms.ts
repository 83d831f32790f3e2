import { none } from '../config/limits.ts'
import type { Terms } from '../http/route.ts'
import type { ReservedScope } from '@keyhaven/core/access'

export const made = none('The answer is in memory, or rests on one read that all callers share.')

/** What a call of administration needs. */
export function admin<S extends ReservedScope>(who: S): Terms<S, 'administration'> {
  return { who, limit: 'administration' }
}
