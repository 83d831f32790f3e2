import { KeyhavenError } from '@keyhaven/core/errors'
import type { TokenAnswer } from '@keyhaven/core/wire'
import type { Actor } from '../../events/happened.ts'
import type { Values } from '../../model/application.ts'
import { OAuthRefusal } from '../../model/oauth-refusal.ts'
import { findAccount } from '../../stores/accounts.ts'
import { applicationClaims } from '../application/claims.ts'
import { proveActor } from './actor.ts'
import { claimedIssuer, foreignSubject } from './foreign-subject.ts'
import { issueExchanged } from './issue.ts'
import { isKey, keySubject, tokenSubject } from './token-subject.ts'
import { invalidGrant, NOT_LIVE } from './invalid-grant.ts'
import type { ExchangeRequest, Exchanging, Subject } from './request.ts'
import { ACCESS_TOKEN, checkTokenType, tokenTypes } from './token-types.ts'

/**
 * Exchanges a token of this service, an API key or a token of a trusted issuer for a token of other APIs (RFC 8693).
 * The new token has no more scopes, lives no longer, and ends with what it was exchanged for.
 * @throws OAuthRefusal; KeyhavenError.
 */
export async function exchangeToken(
  context: Exchanging,
  request: ExchangeRequest,
  actor: Actor,
): Promise<TokenAnswer> {
  const { exchanges } = context.tools.metrics.renewals
  try {
    const answer = await exchanged(context, request, actor)
    exchanges.add({ outcome: 'exchanged' })
    return answer
  } catch (error) {
    exchanges.add({ outcome: outcomeOf(error) })
    throw error
  }
}

async function exchanged(
  context: Exchanging,
  request: ExchangeRequest,
  actor: Actor,
): Promise<TokenAnswer> {
  const { requestedTokenType } = request.wanted
  if (requestedTokenType !== undefined) {
    checkTokenType('requested_token_type', requestedTokenType, [ACCESS_TOKEN])
  }
  const subject = await subjectOf(context, request)
  const hasActorToken = await proveActor(context, request)
  const values = await valuesFor(context, subject)
  return context.database.transact((moment) =>
    issueExchanged(context, moment, { subject, request, hasActorToken, values, actor }),
  )
}

async function subjectOf(
  context: Exchanging,
  { wanted, address }: ExchangeRequest,
): Promise<Subject> {
  const { subjectToken: token, subjectTokenType: type } = wanted
  const issuer = isKey(token) ? undefined : claimedIssuer(token)
  const trusted = issuer === undefined ? undefined : context.exchange.issuers.get(issuer)
  if (trusted !== undefined) {
    checkTokenType('subject_token_type', type, tokenTypes.foreign)
    return foreignSubject(context, trusted, token)
  }
  checkTokenType('subject_token_type', type, tokenTypes.own)
  return isKey(token) ? keySubject(context, token, address) : tokenSubject(context, token)
}

/** The application's claims: those of the exchanged token, else as they are now. */
async function valuesFor(context: Exchanging, { from, accountId }: Subject): Promise<Values> {
  if (from.kind === 'token') return {}
  const account = await context.database.read(({ db }) => findAccount(db, accountId))
  if (account?.status !== 'active') throw invalidGrant(NOT_LIVE)
  return applicationClaims(context, account)
}

function outcomeOf(error: unknown): string {
  if (error instanceof OAuthRefusal) return error.error
  return error instanceof KeyhavenError && error.code === 'rate_limited' ? 'limited' : 'failed'
}
