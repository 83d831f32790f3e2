import { allows, scopesOf } from '@keyhaven/core/access'
import type { ReservedScope } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Rooms } from '../../flows/context.ts'
import type { Caller } from './caller.ts'

/** The caller's scopes as they are now, whatever the token says: fewer count at once. */
export function scopesNow({ rules }: Pick<Rooms, 'rules'>, caller: Caller): readonly string[] {
  return scopesOf(rules.access, caller.roles)
}

export function holds(rooms: Pick<Rooms, 'rules'>, caller: Caller, scope: ReservedScope): boolean {
  return allows(scopesNow(rooms, caller), scope)
}

/** Refuses a caller who lacks a scope, and names it. */
export function requireScope(
  rooms: Pick<Rooms, 'rules'>,
  caller: Caller,
  scope: ReservedScope,
): void {
  if (!holds(rooms, caller, scope)) throw new KeyhavenError('insufficient_scope', { scope })
}
