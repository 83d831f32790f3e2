import { KeyhavenError } from '@keyhaven/core/errors'
import { useRefreshToken } from '../../../flows/refresh/use-refresh-token.ts'
import { NATIVE } from '../../../model/access-claims.ts'
import { OAuthRefusal } from '../../../model/oauth-refusal.ts'
import { browserOf } from '../../../http/callers/browser.ts'
import { required, scopesAsked } from '../token-form.ts'
import { grantFor } from './grant.ts'

/** An app gets the next tokens of its session (RFC 6749 §6). */
export const refreshToken = grantFor(['public'], async (call) => {
  const { context, client, body, request, actor } = call
  if (client.id !== NATIVE) throw over()
  const refresh = {
    refreshToken: required(body, 'refresh_token'),
    scope: scopesAsked(body),
    from: { address: actor.address, browser: browserOf(request) },
  }
  const { session, refreshToken: next } = await useRefreshToken(context, refresh, actor).catch(
    (error: unknown) => {
      // The session is over, whatever ended it: the app can only sign in again
      if (error instanceof KeyhavenError && error.status === 401) throw over()
      throw error
    },
  )
  const { claims, accessToken, now } = session
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: Math.max(0, claims.exp - Math.ceil(now / 1000)),
    ...(claims.scope !== undefined && { scope: claims.scope }),
    refresh_token: next,
  }
})

function over(): OAuthRefusal {
  return new OAuthRefusal(
    'invalid_grant',
    'The refresh token is not valid, or its session is over: sign in again.',
  )
}
