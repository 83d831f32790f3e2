import { allows, reservedScopes } from '@keyhaven/core/access'
import type { AnyAccess, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import { nearestName } from '@keyhaven/core/errors'
import { noAccess } from '../auth-object.ts'
import type { Auth } from '../auth-object.ts'
import type { Guard } from '../create-guard.ts'
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

/**
 * Checks the scope that a route demands. A guard without an access module knows no names, only their form.
 * @throws TypeError with one sentence that names the nearest declared scope: no account could hold another.
 */
export function checkWanted({ access }: Pick<Guard, 'access'>, scope: unknown): void {
  const declared = [...access.scopes, ...reservedScopes]
  if (typeof scope !== 'string' || scope === '')
    throw unknownScope('needs the name of a scope', access)
  if (declared.includes(scope)) return
  if (scope.includes('*')) {
    throw unknownScope(
      `'${scope}' is a wildcard, and a route asks for one scope in full`,
      access,
      scope,
    )
  }
  if (access === noAccess && /^[\w.-]+(?::[\w.-]+)*$/.test(scope)) return
  throw unknownScope(`'${scope.slice(0, 100)}' is no declared scope`, access, scope)
}

/** Whether the scope has a rule: without its resource it says no to everybody. */
export function hasRule({ access }: Pick<Guard, 'access'>, scope: string): boolean {
  return Object.hasOwn(access.rules, scope)
}

/** Says that nobody will pass a route, because its scope has a rule and no loader for the resource. */
export function warnWithoutLoader(guard: Pick<Guard, 'access' | 'log'>, scope: string): void {
  if (!hasRule(guard, scope)) return
  guard.log(
    `require: '${scope}' has a rule and no loader for its resource, so every request is refused with 403: give the loader as the next argument`,
  )
}

function unknownScope(what: string, { scopes }: AnyAccess, given = ''): TypeError {
  const names = given.startsWith('keyhaven') ? [...scopes, ...reservedScopes] : scopes
  const near = nearestName(given, names, Infinity)
  const advice = near === undefined ? 'none is declared' : `the nearest declared one is '${near}'`
  return new TypeError(`require: ${what}; ${advice}.`)
}
