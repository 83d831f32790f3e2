import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import { XSRF_HEADER } from '@keyhaven/core/wire'
import { bearerOf, checkOrigin, checkXsrf, readCookie } from '@keyhaven/guard'
import type { GuardRequest } from '@keyhaven/guard'
import type { Moment } from '../../database/database.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { xsrfTokenOf } from '../../model/access-claims.ts'
import { findLiveSession, requireLiveSession } from '../../flows/sessions/find-live.ts'
import type { Context } from '../../flows/context.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { requireOwnOrigin } from './own-origin.ts'
import type { Site } from '../site.ts'

/**
 * An authenticated caller: credentials, origin and XSRF token checked, with the account as just
 * read from the database.
 */
export interface Caller extends LiveSession {
  readonly by: 'bearer' | 'cookie'
  /** The valid access token of this session, if the request had one. */
  readonly claims: AccessTokenClaims | undefined
  /**
   * Whether the answer may set cookies and extend the session: the request had its session cookie
   * and came from an allowed origin.
   */
  readonly renewable: boolean
}

/** Milliseconds within which revocations of other processes take effect here. */
const FRESH = 250

/**
 * Finds the caller; `undefined` if the request has no credential.
 * @throws KeyhavenError for any credential that is refused.
 */
export async function resolveCaller(
  context: Context,
  site: Site,
  request: GuardRequest,
): Promise<Caller | undefined> {
  // The log is read ten times a second; if a read hangs, requests wait for the next one
  if (context.tools.clock.age() > FRESH) await context.revocations.follow()
  const bearer = bearerOf(request)
  if (bearer !== undefined) return callerByBearer(context, bearer)
  const header = request.header('cookie')
  const tokens = readCookie(header, site.cookies.access)
  const sessions = readCookie(header, site.cookies.session)
  if (tokens.length === 0 && sessions.length === 0) return undefined
  const unsafe = !isSafe(request.method)
  // A wrong origin is refused even with an expired token, so that a forger learns nothing (CSRF-3)
  if (unsafe) requireOwnOrigin(request, site)
  const caller = await callerByCookies(context, { tokens, sessions })
  if (unsafe) requireXsrf(context, request, caller)
  return { ...caller, renewable: caller.renewable && checkOrigin(request, site.origins).ok }
}

/**
 * Whether a method is safe (RFC 9110 §9.2.1), so that it needs no check of origin and XSRF token.
 */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

function callerByBearer(context: Context, value: string): Promise<Caller> {
  return context.database.read(async (moment) => {
    const token = context.tools.checkToken(value)
    if (!token.ok) throw new KeyhavenError(token.code, { reason: token.reason })
    const id = token.claims.sid
    if (id === undefined) throw new KeyhavenError('credential_not_allowed')
    const live = await requireLiveSession(moment, { id })
    return { ...live, by: 'bearer', claims: token.claims, renewable: false }
  })
}

interface OurCookies {
  readonly tokens: readonly string[]
  readonly sessions: readonly string[]
}

function callerByCookies(context: Context, { tokens, sessions }: OurCookies): Promise<Caller> {
  return context.database.read(async (moment) => {
    const token = bestToken(context, tokens)
    if (sessions.length === 0) {
      if (!token.ok) throw new KeyhavenError(token.code, { reason: token.reason })
      const live = await requireLiveSession(moment, { id: token.claims.sid ?? '' })
      return { ...live, by: 'cookie', claims: token.claims, renewable: false }
    }
    // If the cookies are of different sessions, the session cookie decides
    const live = await liveSession(moment, sessions)
    const claims = token.ok && token.claims.sid === live.session.id ? token.claims : undefined
    return { ...live, by: 'cookie', claims, renewable: true }
  })
}

/** Tries every value, so that a planted cookie beside the real one neither signs in nor out. */
async function liveSession(moment: Moment, values: readonly string[]): Promise<LiveSession> {
  const live: LiveSession[] = []
  const codes: ErrorCode[] = []
  for (const cookie of values) {
    const found = await findLiveSession(moment, { cookie })
    if (found.ok) live.push(found)
    else codes.push(found.code)
  }
  const [first] = live
  if (first === undefined) throw new KeyhavenError(mostSpecific(codes))
  if (live.some((one) => one.session.id !== first.session.id)) {
    throw new KeyhavenError('token_invalid', { reason: 'session cookies of two sessions' })
  }
  return first
}

function mostSpecific(codes: readonly ErrorCode[]): ErrorCode {
  return codes.find((code) => code !== 'token_invalid') ?? 'token_invalid'
}

type Token =
  | { readonly ok: true; readonly claims: AccessTokenClaims }
  | { readonly ok: false; readonly code: ErrorCode; readonly reason: string }

function bestToken(context: Context, values: readonly string[]): Token {
  const checked = values.map((value) => checkedCookieToken(context, value))
  const good = checked.filter((one) => one.ok)
  const [latest] = good.toSorted((a, b) => b.claims.iat - a.claims.iat)
  if (latest === undefined) {
    const expired = checked.find((one) => !one.ok && one.code !== 'token_invalid')
    return expired ?? checked[0] ?? { ok: false, code: 'not_signed_in', reason: 'no token' }
  }
  return good.every((one) => one.claims.sid === latest.claims.sid)
    ? latest
    : { ok: false, code: 'token_invalid', reason: 'access cookies of two sessions' }
}

function checkedCookieToken(context: Context, value: string): Token {
  const checked = context.tools.checkToken(value)
  if (!checked.ok || (checked.claims.xsrf !== undefined && checked.claims.sid !== undefined)) {
    return checked
  }
  return { ok: false, code: 'token_invalid', reason: 'not a cookie’s token' }
}

function requireXsrf(context: Context, request: GuardRequest, caller: Caller): void {
  const header = request.header(XSRF_HEADER)
  const wanted = caller.claims?.xsrf ?? sha256(xsrfTokenOf(context, caller.session.id))
  if (checkXsrf(header, wanted)) return
  throw new KeyhavenError('csrf_failed', { check: 'token' })
}
