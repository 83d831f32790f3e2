import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { GuardRequest } from '@keyhaven/guard'
import {
  bestToken,
  checkOrigin,
  checkXsrf,
  isSafe,
  readCredential,
  xsrfHeader,
} from '@keyhaven/guard/kit'
import type { Credential, TokenResult } from '@keyhaven/guard/kit'
import type { Moment } from '../../database/database.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { isPersons, xsrfTokenOf } from '../../model/access-claims.ts'
import { findLiveSession, requireLiveSession } from '../../flows/sessions/find-live.ts'
import type { Context } from '../../flows/context.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import type { Site } from '../site.ts'

/**
 * An authenticated caller: credentials, origin and XSRF token checked, with the account as just
 * read from the database.
 */
export interface Caller extends LiveSession {
  readonly by: 'bearer' | 'cookie'
  /** The valid access token of this session, if the request had one. */
  readonly claims: AccessTokenClaims | undefined
  /** When the session was read, in milliseconds since 1970. */
  readonly readAt: number
  /**
   * Whether the answer may set cookies and extend the session: the request had its session cookie
   * and came from an allowed origin.
   */
  readonly renewable: boolean
}

/** Milliseconds within which revocations of other processes take effect here. */
const FRESH = 250

/** The log is read ten times a second; if a read hangs, requests wait for the next one. */
export async function requireRecentLog({ tools, revocations }: Context): Promise<void> {
  if (tools.clock.age() > FRESH) await revocations.follow()
}

/**
 * Finds the caller; `undefined` if the request has no credential.
 * @throws KeyhavenError for any credential that is refused.
 */
export async function resolveCaller(
  context: Context,
  site: Site,
  request: GuardRequest,
): Promise<Caller | undefined> {
  await requireRecentLog(context)
  const credential = readCredential(request, site.cookies)
  if (credential.by === 'none') return undefined
  if (credential.by === 'api-key') throw new KeyhavenError('credential_not_allowed')
  if (credential.by === 'bearer') {
    return callerByToken(context, context.tools.checkToken(credential.token))
  }
  const origin = checkOrigin(request, site.origins)
  const unsafe = !isSafe(request.method)
  // A wrong origin is refused even with an expired token, so that a forger learns nothing (CSRF-3)
  if (unsafe && !origin.ok) throw new KeyhavenError('csrf_failed', origin.details)
  const caller = await callerByCookies(context, credential)
  if (unsafe) requireXsrf(context, request, caller)
  return { ...caller, renewable: caller.renewable && origin.ok }
}

/** The caller by a bearer token that was checked. @throws KeyhavenError if it is refused. */
export function callerByToken(context: Context, token: TokenResult): Promise<Caller> {
  return context.database.read(async (moment) => {
    const found = await sessionOfToken(moment, token)
    return { ...found, by: 'bearer', readAt: moment.now, renewable: false }
  })
}

type ByCookie = Extract<Credential, { by: 'cookie' }>

function callerByCookies(context: Context, credential: ByCookie): Promise<Caller> {
  return context.database.read(async (moment) => {
    const token = bestToken(credential, context.tools.checkToken, undefined)
    const sessions = credential.sessions()
    if (sessions.length === 0) {
      const found = await sessionOfToken(moment, token)
      return { ...found, by: 'cookie', readAt: moment.now, renewable: false }
    }
    // If the cookies are of different sessions, the session cookie decides
    const live = await liveSession(moment, sessions)
    const claims = token.ok && token.claims.sid === live.session.id ? token.claims : undefined
    return { ...live, by: 'cookie', claims, readAt: moment.now, renewable: true }
  })
}

/** The live session of a token. @throws KeyhavenError if the token is not good, or of no session. */
async function sessionOfToken(moment: Moment, token: TokenResult) {
  if (!token.ok) {
    // Its signature is good: it is a token for other APIs (H1)
    const code = token.reason === 'aud' ? 'credential_not_allowed' : token.code
    throw new KeyhavenError(code, { reason: token.reason })
  }
  const { claims } = token
  if (claims.sid === undefined || !isPersons(claims)) {
    throw new KeyhavenError('credential_not_allowed')
  }
  return { ...(await requireLiveSession(moment, { id: claims.sid })), claims }
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

function requireXsrf(context: Context, request: GuardRequest, caller: Caller): void {
  const wanted = caller.claims?.xsrf ?? sha256(xsrfTokenOf(context, caller.session.id))
  if (checkXsrf(xsrfHeader(request), wanted)) return
  throw new KeyhavenError('csrf_failed', { check: 'token' })
}
