import { allows, scopesOf } from '@keyhaven/core/access'
import type { ReservedScope } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Context } from '../../flows/context.ts'
import type { Caller } from './caller.ts'

/** The caller's scopes as they are now, whatever the token says: fewer count at once. */
export function scopesNow(
  { settings }: Pick<Context, 'settings'>,
  caller: Caller,
): readonly string[] {
  return scopesOf(settings.access, caller.roles)
}

export function holds(
  context: Pick<Context, 'settings'>,
  caller: Caller,
  scope: ReservedScope,
): boolean {
  return allows(scopesNow(context, caller), scope)
}

/** Refuses a caller who lacks a scope, and names it. */
export function requireScope(
  context: Pick<Context, 'settings'>,
  caller: Caller,
  scope: ReservedScope,
): void {
  if (!holds(context, caller, scope)) throw new KeyhavenError('insufficient_scope', { scope })
}
