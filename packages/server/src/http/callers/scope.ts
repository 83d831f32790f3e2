import { allows, scopesOf } from '@keyhaven/core/access'
import type { ReservedScope } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Context } from '../../flows/context.ts'
import type { Caller } from './caller.ts'

/**
 * The caller's current scopes, whatever the token contains, so that a removed scope takes effect at
 * once.
 */
export function scopesNow(
  { settings }: Pick<Context, 'settings'>,
  caller: Caller,
): readonly string[] {
  return scopesOf(settings.access, caller.roles)
}

/** Whether the caller has a scope now. */
export function holds(
  context: Pick<Context, 'settings'>,
  caller: Caller,
  scope: ReservedScope,
): boolean {
  return allows(scopesNow(context, caller), scope)
}

/** Requires a scope of the caller. @throws KeyhavenError `insufficient_scope` with the scope. */
export function requireScope(
  context: Pick<Context, 'settings'>,
  caller: Caller,
  scope: ReservedScope,
): void {
  if (!holds(context, caller, scope)) throw new KeyhavenError('insufficient_scope', { scope })
}
