import { issueAccessToken } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { pageClaims } from '../../model/page-claims.ts'
import type { Context, ContextPart } from '../context.ts'
import { claimsCookieValue } from '../../model/claims-cookie.ts'

/**
 * Signs a token inside the transaction that records it, so that a token that can't be issued is
 * refused before anything is committed.
 * @throws KeyhavenError `token_too_large` if the token or the readable cookie with its claims is
 * too large.
 */
export function signToken(
  context: Pick<Context, 'settings' | 'keys'> & ContextPart<'tools', 'application'>,
  claims: AccessTokenClaims,
  now: number,
): string {
  if (
    context.settings.cookies.claims &&
    claimsCookieValue(pageClaims(context.tools, claims)) === undefined
  ) {
    const names = Object.keys(context.tools.application.claims).join(', ')
    throw new KeyhavenError('token_too_large', {
      reason: `${names} are too large for the readable cookie`,
    })
  }
  return issueAccessToken(claims, context.keys.at(now).signing)
}
