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
  // Asked in this order so that a person without the scope can't tell which resources exist
  if (!allows(auth.scope, scope)) return guard.refuse('insufficient_scope', { scope })
  if (resource.length > 0 && (resource[0] === undefined || resource[0] === null)) {
    return guard.refuse('not_found')
  }
  if (auth.can(scope, ...(resource as ResourceArguments<A, K>))) return undefined
  return guard.refuse('insufficient_scope', { scope })
}
