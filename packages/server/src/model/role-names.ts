import { builtInRoles } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import { nearest } from '../config/nearest.ts'

/** Names of all roles that an account can have, built-in ones first. */
export function roleNames({ roles }: Pick<AnyAccess, 'roles'>): string[] {
  return [...new Set([...Object.keys(builtInRoles), ...Object.keys(roles)])]
}

/** A sentence for an undeclared role: the one that was probably meant, and the declared ones. */
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

/** The refusal of an undeclared role. */
export function notARole(access: AnyAccess, role: string): KeyhavenError {
  return new KeyhavenError('not_found', { detail: unknownRole(access, role) })
}
