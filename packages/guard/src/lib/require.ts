import { allows } from '@keyhaven/core/access'
import type { AnyAccess, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import type { Auth } from './auth.ts'
import type { Guard } from './create-guard.ts'
import type { Refusal } from './refusal.ts'

/** Why this person may not do it, or `undefined` where they may. A resource that is not there is 404. */
export function refusalOf<A extends AnyAccess, K extends ScopeOf<A>>(
  guard: Guard<A>,
  auth: Auth<A>,
  { scope, resource }: { readonly scope: K; readonly resource: readonly unknown[] },
): Refusal | undefined {
  const missing = resource.length > 0 && (resource[0] === undefined || resource[0] === null)
  if (!missing && auth.can(scope, ...(resource as ResourceArguments<A, K>))) return undefined
  // A person without the scope can't tell which resources exist
  return missing && allows(auth.scope, scope)
    ? guard.refuse('not_found')
    : guard.refuse('insufficient_scope', { scope })
}
