import { allows } from './allows.ts'
import type { AnyAccess } from './define-access.ts'
import { builtInRoles, isBuiltIn, reservedScopes } from './reserved.ts'

/** Whether a role is built in or declared by the access module. */
export function knownRole(access: AnyAccess, role: string): boolean {
  return isBuiltIn(role) || Object.hasOwn(access.roles, role)
}

/** The declared and reserved scopes that these roles grant, without wildcards, in the order of declaration. */
export function scopesOf(access: AnyAccess, roles: readonly string[]): string[] {
  const grants = roles.flatMap((role) => grantsOf(access, role))
  return [...access.scopes, ...reservedScopes].filter((scope) => allows(grants, scope))
}

/** A declaration adds scopes to a built-in role only by `extends`, never by using its name. */
function grantsOf({ roles }: AnyAccess, role: string): readonly string[] {
  const declared = Object.hasOwn(roles, role) ? roles[role] : undefined
  const builtIn = isBuiltIn(role) ? builtInRoles[role] : []
  if (declared === undefined) return builtIn
  if (!('extends' in declared)) return isBuiltIn(role) ? builtIn : declared
  return [...builtInRoles[declared.extends], ...declared.scopes]
}
