import { builtInRoles } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import { nearest } from '../config/nearest.ts'

/** Names of all roles that an account can be given, the built-in ones first. */
export function roleNames({ roles }: Pick<AnyAccess, 'roles'>): string[] {
  return [...new Set([...Object.keys(builtInRoles), ...Object.keys(roles)])]
}

/** Says that a role is not declared, which one was meant, and which ones are. */
export function unknownRole(access: AnyAccess, role: string): string {
  const names = roleNames(access)
  const near = nearest(role, names)
  const all = names.join(', ')
  const remedy =
    near === undefined
      ? `use ${all}, or declare it in the access module (KEYHAVEN_ACCESS)`
      : `write ${near}, or another of ${all}`
  return `“${role}” is not a role: ${remedy}.`
}

export function notARole(access: AnyAccess, role: string): KeyhavenError {
  return new KeyhavenError('not_found', { detail: unknownRole(access, role) })
}
