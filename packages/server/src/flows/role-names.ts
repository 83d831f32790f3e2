import { builtInRoles } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'

/** Names of all roles that an account can be given, the built-in ones first. */
export function roleNames({ roles }: Pick<AnyAccess, 'roles'>): string[] {
  return [...new Set([...Object.keys(builtInRoles), ...Object.keys(roles)])]
}

/** What is wrong with a role that is not declared, and which ones are. */
export function unknownRole(access: AnyAccess, role: string): string {
  return `“${role}” is not a role: use ${roleNames(access).join(', ')}, or declare it in the access module (KEYHAVEN_ACCESS).`
}

export function notARole(access: AnyAccess, role: string): KeyhavenError {
  return new KeyhavenError('not_found', { detail: unknownRole(access, role) })
}
