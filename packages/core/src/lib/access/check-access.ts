import { checkOptions, option } from '../options/check-options.ts'
import { nearestName } from '../options/nearest-name.ts'
import { allows } from './allows.ts'
import { isBuiltIn, reservedScopes } from './reserved.ts'

const PLACE = 'defineAccess'

/** In a literal this member sets the object's prototype, so a rule or role of this name would be lost. */
const UNUSABLE = '__proto__'

/**
 * Checks an access module, also one that `defineAccess` did not make.
 * @throws TypeError with one sentence that names the fault.
 */
export function checkAccess(module: unknown): void {
  const { anything } = option
  const members = { scopes: anything, roles: anything, defaultRoles: anything, rules: anything }
  checkOptions(PLACE, module, members)
  const { scopes, roles, defaultRoles = [], rules = {} } = module as Record<string, unknown>
  if (!isList(scopes)) fail('scopes must be a list of scopes')
  for (const scope of scopes) checkScope(scope)
  const declared = plainObject('roles', roles)
  for (const [role, grants] of Object.entries(declared)) checkRole(role, grants, scopes)
  if (!isList(defaultRoles)) fail('defaultRoles must be a list of names')
  for (const role of defaultRoles) checkDefault(role, declared)
  for (const [scope, rule] of Object.entries(plainObject('rules', rules))) {
    if (!scopes.includes(scope)) fail(`rules names '${scope}', which is not in scopes`)
    if (typeof rule !== 'function') fail(`the rule of '${scope}' must be a function`)
  }
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function plainObject(name: string, value: unknown): object {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject) fail(`${name} must be an object`)
  const parent: unknown = Object.getPrototypeOf(value)
  // A literal with the member `__proto__` has another prototype, and not that member
  if (parent === null || Object.getPrototypeOf(parent) === null) return value
  return fail(`${name} must be a plain object without a member '__proto__'`)
}

/** RFC 6749 §3.3 characters, parts separated by colons, no wildcard, not below `keyhaven:`. */
function checkScope(scope: string): void {
  if (!/^[\w.-]+(?::[\w.-]+)*$/.test(scope)) {
    fail(`'${scope}' is not a scope: write resource:action with letters, digits, . _ - and colons`)
  }
  if (scope === UNUSABLE || scope.startsWith('keyhaven:')) {
    fail(`'${scope}' is reserved: choose another first part`)
  }
}

function checkRole(role: string, declared: unknown, scopes: readonly string[]): void {
  if (role.trim() === '' || role === UNUSABLE) fail(`'${role}' can’t be the name of a role`)
  if (isList(declared)) {
    if (isBuiltIn(role)) fail(reservedRole(role))
    for (const grant of declared) checkGrant(role, grant, scopes)
    return
  }
  if (typeof declared !== 'object' || declared === null || !('extends' in declared)) {
    fail(`role '${role}' must be a list of scopes, or { extends: 'support', scopes: […] }`)
  }
  checkOptions(`${PLACE}: role '${role}'`, declared, {
    extends: option.anything,
    scopes: option.anything,
  })
  const { extends: base, scopes: more } = declared as Record<string, unknown>
  if (!isBuiltIn(base)) fail(`role '${role}' can extend 'admin' or 'support' only`)
  if (isBuiltIn(role) && base !== role) fail(reservedRole(role))
  if (!isList(more)) fail(`role '${role}' must list the scopes that it adds, as scopes: […]`)
  for (const grant of more) checkGrant(role, grant, scopes)
}

function reservedRole(role: string): string {
  return `the role '${role}' is built in and can’t be declared: choose another name, or add scopes to it with { extends: '${role}', scopes: […] }`
}

function checkGrant(role: string, grant: string, scopes: readonly string[]): void {
  if (grant === '*') return
  if ([...scopes, ...reservedScopes].some((scope) => allows([grant], scope))) return
  const near = nearestName(grant, [...scopes, ...reservedScopes])
  const advice = near === undefined ? '' : `; the nearest is '${near}'`
  fail(`role '${role}' grants '${grant}', which covers no declared scope${advice}`)
}

/** A built-in role as a default would give every new account access to the administration. */
function checkDefault(role: string, roles: object): void {
  if (isBuiltIn(role)) fail(`defaultRoles names '${role}', which is built in: assign it by hand`)
  if (!Object.hasOwn(roles, role)) fail(`defaultRoles names '${role}', which is not in roles`)
}

function fail(sentence: string): never {
  throw new TypeError(`${PLACE}: ${sentence}.`)
}
