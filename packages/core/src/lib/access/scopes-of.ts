import { allows } from './allows.ts'
import type { AnyAccess } from './define-access.ts'
import { builtInRoles, reservedScopes } from './reserved.ts'

/** Whether a role is built in or declared by the access module. */
export function knownRole(access: AnyAccess, role: string): boolean {
  return Object.hasOwn(builtInRoles, role) || Object.hasOwn(access.roles, role)
}

/** The declared and reserved scopes that these roles add up to, in full, in the order of declaration. */
export function scopesOf(access: AnyAccess, roles: readonly string[]): string[] {
  const grants = roles.flatMap((role) => grantsOf(access, role))
  return [...access.scopes, ...reservedScopes].filter((scope) => allows(grants, scope))
}

function grantsOf(access: AnyAccess, role: string): readonly string[] {
  const builtIn = Object.hasOwn(builtInRoles, role)
    ? builtInRoles[role as keyof typeof builtInRoles]
    : []
  return Object.hasOwn(access.roles, role) ? [...builtIn, ...(access.roles[role] ?? [])] : builtIn
}
