import { KeyhavenError } from '@keyhaven/core/errors'
import { XSRF_HEADER } from '@keyhaven/core/wire'
import { bearerOf, checkXsrf, readCookie } from '@keyhaven/guard'
import type { GuardRequest } from '@keyhaven/guard'
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
  const bearer = bearerOf(request)
  if (bearer !== undefined) return liveSessions(context, { tokens: [bearer], cookies: [] })
  const header = request.header('cookie')
  const tokens = readCookie(header, site.cookies.access)
  const cookies = readCookie(header, site.cookies.session)
  if (tokens.length === 0 && cookies.length === 0) return []
  requireOwnOrigin(request, site)
  const live = await liveSessions(context, { tokens, cookies })
  const offered = request.header(XSRF_HEADER)
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
  const bearer = bearerOf(request)
  const header = request.header('cookie')
  const tokens = [
    ...readCookie(header, site.cookies.access),
    ...(bearer === undefined ? [] : [bearer]),
  ]
  return liveSessions(context, { tokens, cookies: readCookie(header, site.cookies.session) })
}

interface Credentials {
  readonly tokens: readonly string[]
  readonly cookies: readonly string[]
}

function liveSessions(
  context: Context,
  { tokens, cookies }: Credentials,
): Promise<readonly string[]> {
  return context.database.read(async (moment) => {
    const live = new Set<string>()
    for (const value of tokens) {
      const token = context.tools.checkToken(value)
      if (token.ok && token.claims.sid !== undefined) live.add(token.claims.sid)
    }
    for (const cookie of cookies) {
      const found = await findLiveSession(moment, { cookie })
      if (found.ok) live.add(found.session.id)
    }
    return [...live]
  })
}
