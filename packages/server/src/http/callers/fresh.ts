import { KeyhavenError } from '@keyhaven/core/errors'
import { isFresh } from '../../model/is-fresh.ts'
import type { Context } from '../../flows/context.ts'
import type { Call } from '../endpoint.ts'
import type { Route } from '../route.ts'
import type { Caller } from './caller.ts'

/**
 * Requires a fresh proof of identity if this call of the row needs one. This is the only place that enforces
 * `fresh`. Who may not make the call at all has been refused before (H7), and calls by guards need none.
 * @throws KeyhavenError `step_up_required` with the greatest age, in seconds.
 */
export async function requireFresh(
  { fresh = false, endpoint }: Route,
  call: Call,
  caller: Caller | undefined,
): Promise<void> {
  const isNeeded = typeof fresh === 'boolean' ? fresh : await endpoint.needsProof?.(call)
  if (isNeeded === false) return
  if (caller === undefined || !isFreshCaller(call.context, caller)) {
    throw new KeyhavenError('step_up_required', { maxAge: call.context.settings.stepUp })
  }
}

/**
 * The session decides, so a step-up counts at once, whatever token a page still has. A token that names no
 * proof is never fresh.
 */
function isFreshCaller({ settings }: Pick<Context, 'settings'>, caller: Caller): boolean {
  if (caller.claims !== undefined && !caller.claims.auth_time) return false
  return isFresh(caller.session.auth_time, caller.readAt, settings.stepUp)
}
