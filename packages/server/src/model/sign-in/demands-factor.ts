import { scopesOf } from '@keyhaven/core/access'
import type { FlowSettings } from '../flow-settings.ts'

/** Whether an account with these roles needs a second factor. */
export function demandsFactor(
  { factors, access }: Pick<FlowSettings, 'factors' | 'access'>,
  roles: readonly string[],
): boolean {
  if (factors.policy === 'optional') return false
  if (factors.policy === 'required') return true
  return scopesOf(access, roles).some((scope) => scope.startsWith('keyhaven:'))
}
