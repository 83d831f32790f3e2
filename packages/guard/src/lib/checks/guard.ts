import type { AnyAccess } from '@keyhaven/core/access'
import { authObjectFrom } from '../auth-object.ts'
import type { Auth, BuiltAuth } from '../auth-object.ts'
import { checkOrigin, checkUpgradeOrigin, isBearerOrigin } from './origin.ts'
import { matchesXsrf, xsrfHeader } from './xsrf.ts'
import { readCredential } from './credential.ts'
import type { Credential } from './credential.ts'
import type { GuardSources, Judgement, Reach } from './decision.ts'
import { createKeyedHash } from './keyed-hash.ts'
import { isSafe, isUpgrade, repetition } from './request.ts'
import type { GuardRequest } from './request.ts'
import { createRefusals } from './refusal.ts'
import type { Signals } from '../feed/signals.ts'
import type { GoodToken } from './token-result.ts'
import { bestToken, createTokenCheck } from './token.ts'

/** Decides about one request, in this order and no other. Synchronous; never throws. */
export type Decide<A extends AnyAccess> = (request: GuardRequest, reach?: Reach) => Judgement<A>

/** Creates the decision of a guard: the checks of a request, and their order. */
export function createGuardChecks<A extends AnyAccess>(
  sources: GuardSources<A>,
  signals: Signals,
): Decide<A> {
  const refuse = createRefusals(sources.development)
  const check = createTokenCheck(sources)
  const cookieMark = createCookieMark()
  const refused = (...args: Parameters<typeof refuse>): Judgement<A> => ({
    ok: false,
    refused: refuse(...args),
  })

  return (request, reach = 'renew') => {
    const known = sources.known()
    if (known === undefined) return { ok: false, needs: 'keys' }

    // Credential
    const repeated = repetition(request)
    if (repeated !== undefined) return refused('invalid_request', repeated)
    const credential = readCredential(request, known.cookies)
    if (credential.by === 'none') return refused('not_signed_in')
    // Cookies beside the origin of an app, or of a page that holds bearer tokens, don't count (H25)
    if (credential.by === 'cookie' && isBearerOrigin(request, known.origins)) {
      return refused('not_signed_in')
    }
    if (credential.by === 'api-key') return refused('token_invalid', { reason: 'an API key' })
    const unsafe = credential.by === 'cookie' && !isSafe(request.method)

    // Origin: refused even with a bad token, so that a forged request learns nothing about the token
    const upgrades = credential.by === 'cookie' && isUpgrade(request)
    if (unsafe || upgrades) {
      const check = upgrades ? checkUpgradeOrigin : checkOrigin
      const origin = check(request, known.origins)
      if (!origin.ok) return refused('csrf_failed', origin.details)
    }

    // Token, then revocations
    const token =
      credential.by === 'bearer'
        ? check(credential.token, known)
        : bestToken(credential, check, known)
    if (!token.ok) {
      if (token.needsKeys) return { ok: false, needs: 'keys' }
      if (sources.sessions && sessionsOf(credential)) return { ok: false, needs: 'renewal' }
      return refused(token.code, { reason: token.reason })
    }

    // A copy that is too old: only a request with a good credential gets this answer
    if (sources.mayAnswer?.() === false) return refused('revocations_stale')

    // In the service's own process the session cookie decides who sent the request
    const ownSessions = reach === 'token' ? undefined : sources.sessions
    const session = ownSessions && sessionsOf(credential)
    if (session !== undefined && token.agreed !== cookieMark(session)) {
      return { ok: false, needs: 'renewal', token, mark: cookieMark(session) }
    }

    // XSRF
    if (unsafe && !matchesXsrf(xsrfHeader(request), token)) {
      return refused('csrf_failed', { check: 'token' })
    }

    // Renewal, in the service's own process
    if (reach === 'renew' && session !== undefined && ownSessions?.isDue(token.claims)) {
      return { ok: false, needs: 'renewal', token }
    }

    // Scopes are checked by `require`, which knows the route
    return { ok: true, auth: authOfToken(token, sources.access, signals) }
  }
}

/**
 * One object for all requests with the token, as nothing in it changes while the token is good. A signal that
 * a clock ahead has fired stays so, thus a token that is good again gets a new object.
 */
function authOfToken<A extends AnyAccess>(token: GoodToken, access: A, signals: Signals): Auth<A> {
  let built = token.auth as BuiltAuth<A> | undefined
  if (built === undefined || built.hasFired()) {
    built = authObjectFrom(token, access, signals)
    token.auth = built
  }
  return built.auth
}

/** The session cookies beside an access cookie; `undefined` if there is none. */
function sessionsOf(credential: Credential): readonly string[] | undefined {
  if (credential.by !== 'cookie') return undefined
  const sessions = credential.sessions()
  return sessions.length > 0 ? sessions : undefined
}

/** 53 bits of a hash of session cookies, under a key of this guard: the cookies themselves are not kept. */
function createCookieMark(): (sessions: readonly string[]) => number {
  const hash = createKeyedHash(crypto.getRandomValues(new Uint32Array(2)))
  return (sessions) => {
    const { low, high } = hash(0, sessions.length === 1 ? (sessions[0] ?? '') : sessions.join(';'))
    return high * 2 ** 21 + (low >>> 11)
  }
}
