import type { AnyAccess } from '@keyhaven/core/access'
import { authFrom } from './auth.ts'
import type { Auth } from './auth.ts'
import { checkOrigin, checkUpgradeOrigin } from './origin.ts'
import { matchesXsrf } from './xsrf.ts'
import { readCredential } from './credential.ts'
import type { Credential } from './credential.ts'
import type { Decision, GuardSources } from './decision.ts'
import { isSafe, isUpgrade, repeatedHeader } from './request.ts'
import type { GuardRequest } from './request.ts'
import { createRefusals } from './refusal.ts'
import type { Signals } from './signals.ts'
import type { GoodToken } from './token-result.ts'
import { bestToken, createTokenCheck } from './token.ts'

/** Decides about one request, in this order and no other. Synchronous; never throws. */
export type Decide<A extends AnyAccess> = (
  request: GuardRequest,
  /** `false` on public routes: nothing is renewed there. */
  mayRenew?: boolean,
) => Decision<A>

export function createDecide<A extends AnyAccess>(
  sources: GuardSources<A>,
  signals: Signals,
): Decide<A> {
  const refuse = createRefusals(sources.development)
  const check = createTokenCheck(sources)
  const refused = (...args: Parameters<typeof refuse>): Decision<A> => ({
    ok: false,
    refused: refuse(...args),
  })

  return (request, mayRenew = true) => {
    const known = sources.known()
    if (known === undefined) return { ok: false, needs: 'keys' }

    // Credential
    const repeated = repeatedHeader(request)
    if (repeated !== undefined) {
      return refused('invalid_request', {
        errors: [{ path: repeated, message: 'Send this header once.' }],
      })
    }
    const credential = readCredential(request, known.cookies)
    if (credential.by === 'nobody') return refused('not_signed_in')
    const unsafe = credential.by === 'cookie' && !isSafe(request.method)

    // Origin: refused even with a dead token, so that a forger learns nothing
    const upgrades = credential.by === 'cookie' && isUpgrade(request)
    if (unsafe || upgrades) {
      const check = upgrades ? checkUpgradeOrigin : checkOrigin
      const origin = check(request, known.origins)
      if (!origin.ok) return refused('csrf_failed', { check: 'origin', seen: origin.seen })
    }

    // Token, then revocations
    const token =
      credential.by === 'bearer'
        ? check(credential.token, known)
        : bestToken(credential, check, known)
    if (!token.ok) {
      if (token.needsKeys) return { ok: false, needs: 'keys' }
      if (hasSession(credential) && sources.sessions) return { ok: false, needs: 'renewal' }
      return refused(token.code, { reason: token.reason })
    }

    // A copy that is too old: told only to a credential that passed so far
    if (sources.mayAnswer?.() === false) return refused('revocations_stale')

    // XSRF
    if (unsafe && !matchesXsrf(request.header('x-xsrf-token'), token)) {
      return refused('csrf_failed', { check: 'token' })
    }

    // Renewal, in the service's own process
    if (mayRenew && sources.sessions?.isDue(token.claims) && hasSession(credential)) {
      return { ok: false, needs: 'renewal' }
    }

    // Scope is asked by `require`, which knows the route
    return { ok: true, auth: authOfToken(token, sources.access, signals) }
  }
}

/** One object for all requests with the token: nothing in it changes while the token is good. */
function authOfToken<A extends AnyAccess>(token: GoodToken, access: A, signals: Signals): Auth<A> {
  token.auth ??= authFrom(token, access, signals)
  return token.auth as Auth<A>
}

function hasSession(credential: Credential): boolean {
  return credential.by === 'cookie' && credential.hasSession()
}
