import type { AnyAccess } from '@keyhaven/core/access'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import { authFrom, noAccess } from './auth.ts'
import type { Auth } from './auth.ts'
import { isLoopback } from './cookies.ts'
import { corsHeaders } from './cors.ts'
import type { AnswerHeaders } from './cors.ts'
import type { Decision, GuardSources, SessionSource } from './decision.ts'
import { createDecide } from './guard.ts'
import { createIssuer } from './issuer.ts'
import { createRefusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import type { GuardRequest } from './request.ts'
import { createRevocations } from './revocations.ts'

/** The check in front of an API. Adapters need nothing but this. */
export interface Guard<A extends AnyAccess = AnyAccess> {
  readonly access: A
  /** Whether failed checks are told in answers and hints in the log. */
  readonly development: boolean
  /** Decides at once and never throws; `needs` names what `settle` awaits. */
  decide(request: GuardRequest): Decision<A>
  /**
   * Decides, and awaits what that needs: one look at the issuer, or the session itself. Nothing is
   * renewed where `mayRenew` is false.
   */
  settle(request: GuardRequest, mayRenew?: boolean): Settled<A> | Promise<Settled<A>>
  refuse(code: ErrorCode, details?: ErrorDetails): Refusal
  /** CORS headers for the answer to this request. */
  cors(request: GuardRequest): AnswerHeaders
  /** Resolves when the issuer's keys are known; tries until then. */
  ready(): Promise<void>
  state(): GuardState
  /** A line for the people who run the API. */
  log(line: string): void
}

export type Settled<A extends AnyAccess = AnyAccess> =
  | {
      readonly ok: true
      readonly auth: Auth<A>
      /** `Set-Cookie` lines for the answer, where the token was renewed. */
      readonly cookies?: readonly string[]
    }
  | { readonly ok: false; readonly refused: Refusal }

export interface GuardState {
  /** Whether requests can be answered now. */
  readonly fresh: boolean
  readonly keys: readonly string[]
  /** Revocations held. */
  readonly entries: number
  /** Why the issuer can’t be reached, where that is so. */
  readonly problem: string | undefined
}

export interface GuardOptions<A extends AnyAccess = AnyAccess> {
  /** The service's public URL, exact. */
  readonly issuer: string
  readonly access?: A
  /** What a token's `aud` must hold; the origin of the issuer where left out. */
  readonly audience?: string
  /** The issuer's address inside your network, where the public one can't be reached. */
  readonly reach?: string
  /** `'off'`: revocations count when a token ends. Must be written off loopback. */
  readonly revocations?: 'off'
  readonly log?: (line: string) => void
}

/**
 * A guard in a process of its own, which knows only the issuer's URL.
 * @throws TypeError with a sentence for a configuration that can't be meant.
 */
export function createGuard<A extends AnyAccess = AnyAccess>(options: GuardOptions<A>): Guard<A> {
  const { issuer, reach = issuer, log = toStandardError } = options
  const url = checkedIssuer(issuer)
  const local = isLoopback(url.hostname)
  if (!local && options.revocations !== 'off') {
    throw new TypeError(
      'createGuard: without a feed a revocation counts here only when the token ends: write revocations: "off" to accept that.',
    )
  }
  const development = local && process.env['NODE_ENV'] !== 'production'
  const source = createIssuer({ issuer, reach: reach.replace(/\/$/, ''), development }, log)
  const guard = assemble<A>(
    {
      issuer,
      audience: [options.audience ?? url.origin],
      access: options.access ?? (noAccess as AnyAccess as A),
      known: source.known,
      mayRefetch: source.mayRefetch,
      revocations: createRevocations(),
      now: () => Math.floor(Date.now() / 1000),
      development,
    },
    { learn: source.learn, problem: source.problem, log },
  )
  void guard.ready().then(() => {
    log(`pages of ${source.known()?.origins.own.join(', ')} may call`)
    log(worstCase(issuer, source.accessTtl()))
  })
  return guard
}

/** The same guard over sources in this process: what the service uses for itself. */
export function guardOver<A extends AnyAccess>(
  sources: GuardSources<A>,
  log: (line: string) => void = toStandardError,
): Guard<A> {
  return assemble(sources, { learn: async () => {}, problem: () => undefined, log })
}

interface Surroundings {
  readonly learn: () => Promise<void>
  readonly problem: () => string | undefined
  readonly log: (line: string) => void
}

function assemble<A extends AnyAccess>(
  sources: GuardSources<A>,
  { learn, problem, log }: Surroundings,
): Guard<A> {
  const decide = createDecide(sources)
  const refuse = createRefusals(sources.development)
  const unavailable = (): Refusal =>
    refuse('unavailable', {
      reason: problem() ?? 'the issuer’s keys are not known yet',
      retryAfter: 1,
    })
  const bySession = async (
    sessions: SessionSource,
    request: GuardRequest,
    mayRenew: boolean,
  ): Promise<Settled<A>> => {
    const settled = await sessions.settle(request, mayRenew)
    if (!settled.ok) return { ok: false, refused: refuse(settled.code, settled.details) }
    const { claims, cookies } = settled
    return { ok: true, auth: authFrom(claims, sources.access), cookies }
  }
  const settle: Guard<A>['settle'] = (request, mayRenew = true) => {
    const decision = decide(request, mayRenew)
    if (decision.ok || decision.refused !== undefined) return decision
    if (decision.needs === 'renewal' && sources.sessions) {
      return bySession(sources.sessions, request, mayRenew)
    }
    return learn().then(() => {
      const again = decide(request, mayRenew)
      return again.ok ? again : { ok: false, refused: again.refused ?? unavailable() }
    })
  }
  return {
    access: sources.access,
    development: sources.development,
    decide: (request) => decide(request),
    settle,
    refuse,
    cors: (request) => {
      const known = sources.known()
      return known === undefined ? {} : corsHeaders(request, known.origins)
    },
    ready: async () => {
      for (let wait = 100; sources.known() === undefined; wait = Math.min(wait * 2, 5000)) {
        await learn()
        if (sources.known() === undefined) await pause(wait)
      }
    },
    state: () => ({
      fresh: sources.known() !== undefined,
      keys: sources.known()?.keys.kids ?? [],
      entries: sources.revocations.size,
      problem: problem(),
    }),
    log,
  }
}

/** A wait that keeps no process alive. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}

function checkedIssuer(issuer: string): URL {
  const url = URL.parse(issuer)
  if (url === null || issuer.endsWith('/') || url.search || url.hash) {
    throw new TypeError(
      `createGuard: issuer '${issuer}' must be the service's URL without a slash at its end, like https://app.example/auth.`,
    )
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new TypeError(`createGuard: issuer '${issuer}' must be https off this machine.`)
  }
  return url
}

function worstCase(issuer: string, accessTtl: number | undefined): string {
  const life = accessTtl === undefined ? 'accessTtl' : `accessTtl, ${accessTtl} s`
  return `guards with the keys of ${issuer}; without a feed a revocation counts here when the token ends: worst case ${life}`
}

function toStandardError(line: string): void {
  process.stderr.write(`keyhaven guard: ${line}\n`)
}
