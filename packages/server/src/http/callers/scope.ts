import { allows } from '@keyhaven/core/access'
import type { ReservedScope } from '@keyhaven/core/access'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { Context } from '../../flows/context.ts'
import { scopesOfSession } from '../../model/access-claims.ts'
import { demandsFactor } from '../../model/sign-in/demands-factor.ts'
import { hasFactor } from '../../stores/factors/factors.ts'
import { isPerson } from './any-caller.ts'
import type { AnyCaller } from './any-caller.ts'

type Needs = Pick<Context, 'settings' | 'database'>

/**
 * The caller's current scopes, whatever the token contains, so that a removed scope takes effect at
 * once.
 */
export function scopesNow(
  context: Pick<Context, 'settings'>,
  caller: AnyCaller,
): readonly string[] {
  return isPerson(caller) ? scopesOfSession(context, caller) : caller.scope
}

/** Whether the caller has a scope now, and the second factor that it needs. */
export async function holds(
  context: Needs,
  caller: AnyCaller,
  scope: ReservedScope,
): Promise<boolean> {
  return allows(scopesNow(context, caller), scope) && !(await lacksFactor(context, caller))
}

/**
 * Requires a scope of the caller.
 * @throws KeyhavenError `insufficient_scope` with the scope; `factor_required` if the caller has it, and
 * not the second factor that its holders need.
 */
export async function requireScope(
  context: Needs,
  caller: AnyCaller,
  scope: ReservedScope,
): Promise<void> {
  if (!allows(scopesNow(context, caller), scope)) {
    throw new KeyhavenError('insufficient_scope', { scope })
  }
  if (await lacksFactor(context, caller)) throw new KeyhavenError('factor_required')
}

/**
 * The same for an account of another user, which does not exist for a caller without the scope.
 * @throws KeyhavenError `not_found`, `factor_required`.
 */
export async function requireScopeToSee(
  context: Needs,
  caller: AnyCaller,
  scope: ReservedScope,
): Promise<void> {
  if (!allows(scopesNow(context, caller), scope)) throw new KeyhavenError('not_found')
  if (await lacksFactor(context, caller)) throw new KeyhavenError('factor_required')
}

/**
 * Whether the caller has no second factor and needs one: the role was given, or the setting turned on,
 * after the sign-in. It costs a query only if some accounts need a factor.
 */
async function lacksFactor({ settings, database }: Needs, caller: AnyCaller): Promise<boolean> {
  if (!isPerson(caller) || !demandsFactor(settings, caller.roles)) return false
  return !(await database.read(({ db }) => hasFactor(db, caller.account.id)))
}
