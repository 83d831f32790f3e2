import { readApiKey } from '@keyhaven/core'
import { KeyhavenError } from '@keyhaven/core/errors'
import { API_KEY_PREFIX } from '@keyhaven/core/wire'
import type { Introspection } from '@keyhaven/core/wire'
import type { KnownGuard } from '../../feed/guard-keys.ts'
import { cookieAudiences } from '../../model/token-basis.ts'
import { readRefreshToken } from '../../model/refresh-token.ts'
import type { Context } from '../context.ts'
import { findByRefreshToken } from '../refresh/find.ts'
import { ownClaims } from '../tokens/own-claims.ts'
import { introspectKey } from '../api-keys/introspect.ts'

/** What a guard was sent. */
export interface Introspecting {
  readonly token: string
  readonly guard: KnownGuard
}

const inactive = { active: false } as const

/**
 * What a text is to a guard (INT-1). A token that is not active, for whatever reason, or of another audience, is
 * exactly `{ active: false }`; an API key that has ended also has the code to refuse with.
 * @throws KeyhavenError if it can't be found out now.
 */
export async function introspect(
  context: Context,
  { token, guard }: Introspecting,
): Promise<Introspection> {
  const audiences = guard.audiences ?? cookieAudiences(context)
  if (token.startsWith(API_KEY_PREFIX)) {
    const key = readApiKey(token)
    if (key === undefined) return { active: false, code: 'token_invalid' }
    return introspectKey(context, { key, guard: guard.id, audiences })
  }
  if (readRefreshToken(context.keys, token) !== undefined) {
    return audiences.includes(context.settings.issuer)
      ? introspectRefresh(context, token)
      : inactive
  }
  const claims = await ownClaims(context, token)
  if (claims === undefined || !claims.aud.some((one) => audiences.includes(one))) return inactive
  const { xsrf: _ofCookies, ...shown } = claims
  return { active: true, token_type: 'Bearer', ...shown }
}

/** A refresh token is for this service only, so little is said about it. */
async function introspectRefresh(context: Context, token: string): Promise<Introspection> {
  try {
    const { live, standing } = await context.database.read((moment) =>
      findByRefreshToken(context, moment, token),
    )
    if (standing === 'reused') return inactive
    const sub = `${context.settings.issuer}/accounts/${live.account.id}`
    return { active: true, token_type: 'refresh_token', client_id: 'native', sub }
  } catch (error) {
    if (error instanceof KeyhavenError && error.status === 401) return inactive
    throw error
  }
}
