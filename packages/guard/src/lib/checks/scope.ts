import { allows, reservedScopes } from '@keyhaven/core/access'
import type { AnyAccess, ResourceArguments, ScopeOf } from '@keyhaven/core/access'
import { nearestName } from '@keyhaven/core/errors'
import { noAccess } from '../auth-object.ts'
import type { Auth } from '../auth-object.ts'
import type { Guard } from '../guard.ts'
import type { Refusal } from './refusal.ts'
import { stepUpOf } from './step-up.ts'

/** What a route requires of a sender. */
interface Requirement<K> {
  readonly scope: K
  /** The resource that the scope's rule is called with; empty if the route has no loader. */
  readonly resource: readonly unknown[]
  /** Seconds that the last proof of identity may be old; any age if left out. */
  readonly within?: number | undefined
}

/**
 * The refusal for a sender without the scope or its rule; `undefined` if they may. A missing resource is 404. The
 * age of the proof of identity is checked last, so that no user proves who they are for a call that is refused.
 */
export function refusalOf<A extends AnyAccess, K extends ScopeOf<A>>(
  guard: Guard<A>,
  auth: Auth<A>,
  { scope, resource, within }: Requirement<K>,
): Refusal | undefined {
  const missing = resource.length > 0 && (resource[0] === undefined || resource[0] === null)
  if (!missing && auth.can(scope, ...(resource as ResourceArguments<A, K>))) {
    return within === undefined ? undefined : stepUpOf(guard, auth, within)
  }
  // The answer to a sender without the scope must not show which resources exist
  return missing && allows(auth.scope, scope)
    ? guard.refuse('not_found')
    : guard.refuse('insufficient_scope', { scope })
}

/**
 * Checks the scope that a route requires. A guard without an access module checks only its form.
 * @throws TypeError with one sentence that names the nearest declared scope: no account could have another.
 */
export function checkScope({ access }: Pick<Guard, 'access'>, scope: unknown): void {
  const declared = [...access.scopes, ...reservedScopes]
  if (typeof scope !== 'string' || scope === '')
    throw unknownScope('needs the name of a scope', access)
  if (declared.includes(scope)) return
  if (scope.includes('*')) {
    throw unknownScope(
      `'${scope}' is a wildcard, and a route requires one scope in full`,
      access,
      scope,
    )
  }
  if (access === noAccess && /^[\w.-]+(?::[\w.-]+)*$/.test(scope)) return
  throw unknownScope(`'${scope.slice(0, 100)}' is no declared scope`, access, scope)
}

/** Whether the scope has a rule, which is false without a resource. */
export function hasRule({ access }: Pick<Guard, 'access'>, scope: string): boolean {
  return Object.hasOwn(access.rules, scope)
}

/** Logs that a route refuses every request, if its scope has a rule and the route has no loader. */
export function warnWithoutLoader(guard: Pick<Guard, 'access' | 'log'>, scope: string): void {
  if (!hasRule(guard, scope)) return
  guard.log(
    `require: '${scope}' has a rule and no loader for its resource, so every request is refused with 403: pass the loader as the next argument`,
  )
}

function unknownScope(what: string, { scopes }: AnyAccess, given = ''): TypeError {
  const names = given.startsWith('keyhaven') ? [...scopes, ...reservedScopes] : scopes
  const near = nearestName(given, names, Infinity)
  const advice = near === undefined ? 'none is declared' : `the nearest declared one is '${near}'`
  return new TypeError(`require: ${what}; ${advice}.`)
}
