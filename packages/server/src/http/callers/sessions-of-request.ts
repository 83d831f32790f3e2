import { KeyhavenError } from '@keyhaven/core/errors'
import type { GuardRequest } from '@keyhaven/guard'
import { asCookie, checkXsrf, readCookies, readCredential, xsrfHeader } from '@keyhaven/guard/kit'
import type { TokenResult } from '@keyhaven/guard/kit'
import { xsrfTokenOf } from '../../model/access-claims.ts'
import { findLiveSession } from '../../flows/sessions/find-live.ts'
import type { Context } from '../../flows/context.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { requireOwnOrigin } from './own-origin.ts'
import type { Site } from '../site.ts'

/**
 * The live sessions that a sign-out ends: all that its credentials prove, none if they have ended.
 * Cookies also require an allowed origin and, while one of the sessions is live, its XSRF token.
 * @throws KeyhavenError `csrf_failed`.
 */
export async function sessionsOfRequest(
  context: Context,
  site: Site,
  request: GuardRequest,
): Promise<readonly string[]> {
  const credential = readCredential(request, site.cookies)
  const check = context.tools.checkToken
  // A key has no session to leave
  if (credential.by === 'none' || credential.by === 'api-key') return []
  if (credential.by === 'bearer') {
    return liveSessions(context, { tokens: [check(credential.token)], cookies: [] })
  }
  requireOwnOrigin(request, site)
  const tokens = credential.tokens.map((token) => asCookie(check(token)))
  const live = await liveSessions(context, { tokens, cookies: credential.sessions() })
  const offered = xsrfHeader(request)
  const matches = (id: string): boolean => checkXsrf(offered, sha256(xsrfTokenOf(context, id)))
  if (live.length > 0 && !live.some(matches))
    throw new KeyhavenError('csrf_failed', { check: 'token' })
  return live
}

/** The live sessions that a request's credentials prove, whatever else is wrong with it. */
export function sessionsOf(
  context: Context,
  site: Site,
  request: GuardRequest,
): Promise<readonly string[]> {
  const credential = readCredential(request, site.cookies)
  const { tokens, sessions } = readCookies(request, site.cookies)
  const all = credential.by === 'bearer' ? [...tokens, credential.token] : tokens
  const checked = all.map((token) => context.tools.checkToken(token))
  return liveSessions(context, { tokens: checked, cookies: sessions })
}

interface Credentials {
  readonly tokens: readonly TokenResult[]
  readonly cookies: readonly string[]
}

function liveSessions(
  context: Context,
  { tokens, cookies }: Credentials,
): Promise<readonly string[]> {
  return context.database.read(async (moment) => {
    const live = new Set<string>()
    for (const token of tokens) {
      if (token.ok && token.claims.sid !== undefined) live.add(token.claims.sid)
    }
    for (const cookie of cookies) {
      const found = await findLiveSession(moment, { cookie })
      if (found.ok) live.add(found.session.id)
    }
    return [...live]
  })
}
