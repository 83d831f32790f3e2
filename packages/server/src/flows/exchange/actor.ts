import { readApiKey } from '@keyhaven/core'
import type { ActorClaim } from '@keyhaven/core/wire'
import { OAuthRefusal } from '../../model/oauth-refusal.ts'
import { asGrant, invalidGrant, NOT_LIVE } from './invalid-grant.ts'
import { proveKey } from '../api-keys/prove.ts'
import { isKey, claimsToExchange } from './token-subject.ts'
import type { Exchanging, ExchangeRequest, Subject } from './request.ts'
import { checkTokenType, tokenTypes } from './token-types.ts'

/** Actors in one token (H2). */
const DEEPEST = 4

/**
 * Requires that `actor_token`, if there is one, is the client's own. The new token names the client then.
 * @returns whether there is one.
 * @throws OAuthRefusal.
 */
export async function proveActor(
  context: Exchanging,
  { by, wanted, address }: ExchangeRequest,
): Promise<boolean> {
  const { actorToken, actorTokenType } = wanted
  if (actorToken === undefined && actorTokenType === undefined) return false
  if (actorToken === undefined || actorTokenType === undefined) {
    throw new OAuthRefusal(
      'invalid_request',
      'actor_token and actor_token_type belong together: send both or none.',
    )
  }
  checkTokenType('actor_token_type', actorTokenType, tokenTypes.own)
  if (by.kind !== 'key' || (await holderOf(context, actorToken, address)) !== by.id) {
    throw invalidGrant('The actor_token is not one of the client: send its own, or none.')
  }
  return true
}

/** The key that an actor token is, or was issued to. */
async function holderOf(
  context: Exchanging,
  token: string,
  address: string | undefined,
): Promise<string | undefined> {
  if (isKey(token)) {
    const parts = readApiKey(token)
    if (parts === undefined) throw invalidGrant(NOT_LIVE)
    return (await asGrant(proveKey(context, parts, address))).key.id
  }
  const { client_id, act, sid } = await claimsToExchange(context, token)
  return act === undefined && sid === undefined ? client_id : undefined
}

/**
 * The actors of the new token: the new one, then those of the subject.
 * @throws OAuthRefusal `invalid_grant` if the subject names another actor, or has too many.
 */
export function actorsOf(
  { act, mayAct }: Pick<Subject, 'act' | 'mayAct'>,
  actor: string | undefined,
): ActorClaim | undefined {
  if (mayAct !== undefined && !names(mayAct, actor)) {
    throw invalidGrant('The token names another client in may_act: only that one may exchange it.')
  }
  if (actor === undefined) return act
  if (depthOf(act) < DEEPEST) return { sub: actor, ...(act !== undefined && { act }) }
  throw invalidGrant(
    `The token has ${DEEPEST} actors, the most that are allowed: start from the first one.`,
  )
}

function names(mayAct: unknown, actor: string | undefined): boolean {
  return typeof mayAct === 'object' && mayAct !== null && 'sub' in mayAct && mayAct.sub === actor
}

function depthOf(act: ActorClaim | undefined): number {
  return act === undefined ? 0 : 1 + depthOf(act.act)
}
