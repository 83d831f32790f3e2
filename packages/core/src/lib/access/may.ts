import { allows } from './allows.ts'
import type { AnyAccess, ResourceArguments, ScopeOf, Subject } from './define-access.ts'

/**
 * Whether `who` holds the scope and, if the scope has a rule, the rule returns true for the resource.
 * False for a scope with a rule but no resource, and for a rule that throws.
 */
export function may<A extends AnyAccess, K extends ScopeOf<A>>(
  access: A,
  who: Subject,
  ...[scope, ...resource]: [scope: K, ...resource: ResourceArguments<A, K>]
): boolean {
  if (!allows(who.scope, scope)) return false
  if (!Object.hasOwn(access.rules, scope)) return true
  const [subject] = resource as [resource?: never]
  if (subject === undefined || subject === null) return false
  try {
    return access.rules[scope]?.(who, subject) === true
  } catch {
    return false
  }
}
