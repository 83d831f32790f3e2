import type { AnyAccess } from '@keyhaven/core/access'
import { createApiKeys } from '../api-keys/api-keys.ts'
import type { ApiKeys } from '../api-keys/api-keys.ts'
import { authObjectFrom } from '../auth-object.ts'
import type { Auth, BuiltAuth } from '../auth-object.ts'
import { checkOrigin, checkUpgradeOrigin, isBearerOrigin } from './origin.ts'
import { matchesXsrf, xsrfHeader } from './xsrf.ts'
import { readCredential } from './credential.ts'
import type { Credential } from './credential.ts'
import type { GuardSources, Judgement, Reach } from './decision.ts'
import { createMark } from './keyed-hash.ts'
import { isSafe, isUpgrade, repetition } from './request.ts'
import type { GuardRequest } from './request.ts'
import { createRefusals } from './refusal.ts'
import type { Signals } from '../feed/signals.ts'
import type { GoodToken } from './token-result.ts'
import { createTickets } from '../tickets/tickets.ts'
import type { Tickets } from '../tickets/tickets.ts'
import { bestToken, createTokenCheck } from './token.ts'

/** Decides about one request, in this order and no other. Synchronous; never throws. */
export type Decide<A extends AnyAccess> = (request: GuardRequest, reach?: Reach) => Judgement<A>

/** Keys and tickets that the service has confirmed. */
export interface Remembered {
  readonly apiKeys: ApiKeys
  readonly tickets: Tickets
}

type ByKey = Extract<Credential, { by: 'api-key' }>

/** Creates the decision of a guard: the checks of a request, and their order. */
export function createGuardChecks<A extends AnyAccess>(
  sources: GuardSources<A>,
  signals: Signals,
  { apiKeys, tickets }: Remembered = {
    apiKeys: createApiKeys(sources),
    tickets: createTickets(sources),
  },
): Decide<A> {
  const refuse = createRefusals(sources.development)
  const check = createTokenCheck(sources)
  const cookieMark = createCookieMark()
  const refused = (...args: Parameters<typeof refuse>): Judgement<A> => ({
    ok: false,
    refused: refuse(...args),
  })
  const byKey = createKeyDecision(sources, { signals, apiKeys, refused })
  const byTicket = createTicketDecision(sources, { signals, tickets, refused })

  return (request, reach = 'renew') => {
    const known = sources.known()
    if (known === undefined) return { ok: false, needs: 'keys' }

    // Credential
    const repeated = repetition(request)
    if (repeated !== undefined) return refused('invalid_request', repeated)
    const credential = readCredential(request, known.cookies)
    if (credential.by === 'none') return byTicket(request)
    // Cookies beside the origin of an app, or of a page that holds bearer tokens, don't count (H25)
    if (credential.by === 'cookie' && isBearerOrigin(request, known.origins)) {
      return byTicket(request)
    }
    if (credential.by === 'api-key') return byKey(credential, request)
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

/** The parts of a guard that decide about a request with an API key or a ticket. */
interface Parts<A extends AnyAccess> {
  readonly signals: Signals
  readonly refused: (...args: Parameters<ReturnType<typeof createRefusals>>) => Judgement<A>
}

/** No page sends a key by itself: neither origin nor XSRF token is checked, and no session is read. */
function createKeyDecision<A extends AnyAccess>(
  sources: GuardSources<A>,
  { signals, apiKeys, refused }: Parts<A> & Pick<Remembered, 'apiKeys'>,
): (credential: ByKey, request: GuardRequest) => Judgement<A> {
  return (credential, request) => {
    const key = apiKeys.check(credential, request)
    if (!key.ok && key.ask === undefined) return refused(key.code, key.details)
    if (sources.mayAnswer?.() === false) return refused('revocations_stale')
    if (!key.ok) return { ok: false, needs: 'api-key', key: key.ask }
    return { ok: true, auth: authOfToken(key, sources.access, signals) }
  }
}

/** A request without another credential: its ticket, which opens this address only and reads. */
function createTicketDecision<A extends AnyAccess>(
  sources: GuardSources<A>,
  { signals, tickets, refused }: Parts<A> & Pick<Remembered, 'tickets'>,
): (request: GuardRequest) => Judgement<A> {
  return (request) => {
    const ticket = tickets.check(request)
    if (ticket === undefined) return refused('not_signed_in')
    if (!ticket.ok && ticket.use === undefined) return refused(ticket.code, ticket.details)
    if (sources.mayAnswer?.() === false) return refused('revocations_stale')
    if (!ticket.ok) return { ok: false, needs: 'ticket', use: ticket.use }
    return { ok: true, auth: authOfToken(ticket, sources.access, signals) }
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

/** A mark of session cookies, which are not kept themselves. */
function createCookieMark(): (sessions: readonly string[]) => number {
  const mark = createMark()
  return (sessions) => mark(sessions.length === 1 ? (sessions[0] ?? '') : sessions.join(';'))
}
