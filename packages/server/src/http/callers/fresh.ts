import { isFresh } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import { refuseLowerRank } from '../../flows/application/rank.ts'
import type { Context } from '../../flows/context.ts'
import { ownerOfSession } from '../../flows/sessions/owner.ts'
import { ownerOfToken } from '../../flows/tokens/owner.ts'
import type { Call } from '../endpoint.ts'
import type { Route } from '../route.ts'
import { isMachine, isPerson } from './any-caller.ts'
import type { AnyCaller } from './any-caller.ts'
import type { Caller } from './caller.ts'
import { scopesNow } from './scope.ts'

/**
 * Requires a fresh proof of identity if this call of the row needs one. This is the only place that enforces
 * `fresh`. Who may not make the call at all is refused before (H7), and calls by guards need none.
 * @throws KeyhavenError `step_up_required` with the greatest age, in seconds; `insufficient_scope` if the call acts
 * on an account of a higher rank.
 */
export async function requireFresh(
  { path, fresh = false, endpoint }: Route,
  call: Call,
  caller: AnyCaller | undefined,
): Promise<void> {
  const isNeeded = typeof fresh === 'boolean' ? fresh : await endpoint.needsProof?.(call)
  if (isNeeded === false) return
  const { context } = call
  // No person stands behind a machine, who could prove anything (H21)
  if (caller !== undefined && isMachine(caller)) return
  if (caller !== undefined && isPerson(caller) && isFreshCaller(context, caller)) return
  const accountId = await subjectOf(path, call)
  if (caller !== undefined && accountId !== undefined) {
    await refuseLowerRank(context, { accountId, held: scopesNow(context, caller) })
  }
  throw new KeyhavenError('step_up_required', { maxAge: context.settings.stepUp })
}

/** The account that a call acts on, if its path names one, one of its sessions or one of its tokens. */
async function subjectOf(pattern: string, { context, path }: Call): Promise<string | undefined> {
  switch (pattern.split('/')[1]) {
    case 'accounts':
      return path['id']
    case 'sessions':
      return ownerOfSession(context, path['id'] ?? '')
    case 'tokens':
      return ownerOfToken(context, path['jti'] ?? '')
    default:
      return undefined
  }
}

/**
 * The session decides, so a step-up counts at once, whatever token a page still has. A token that names no
 * proof is never fresh.
 */
function isFreshCaller({ settings }: Pick<Context, 'settings'>, caller: Caller): boolean {
  if (caller.claims !== undefined && !caller.claims.auth_time) return false
  const { auth_time } = caller.session
  // Without the session cookie the token's own time counts too: a copy of it is not fresh because the
  // user of the session has stepped up since
  const proved = caller.renewable
    ? auth_time
    : Math.min(auth_time, (caller.claims?.auth_time ?? 0) * 1000)
  return isFresh(proved, caller.readAt, settings.stepUp)
}
