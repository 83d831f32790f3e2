import type { AnyAccess } from '@keyhaven/core/access'
import { catalogue } from '@keyhaven/core/errors'
import type { ErrorCode, ErrorDetails } from '@keyhaven/core/errors'
import { authObjectFrom, noAccess } from './auth-object.ts'
import type { Auth } from './auth-object.ts'
import { isLoopback } from './checks/cookies.ts'
import { corsHeaders, exposed } from './adapters/cors.ts'
import type { AnswerHeaders } from './adapters/cors.ts'
import type { Decision, GuardSources, Judgement, SessionSource } from './checks/decision.ts'
import { createDropTime } from './feed/drop-time.ts'
import { nodeRuntime } from './feed/node-runtime.ts'
import { createGuardChecks } from './checks/guard.ts'
import { checkGuardOptions } from './guard-options.ts'
import type { GuardState } from './guard-state.ts'
import { createIssuer } from './issuer/issuer.ts'
import { careful, toStandardError } from './adapters/log-failure.ts'
import { keepCopy } from './feed/copy.ts'
import type { CopyState, KeptCopy } from './feed/copy.ts'
import { createRefusals } from './checks/refusal.ts'
import type { Refusal } from './checks/refusal.ts'
import { createRefusalNotes } from './adapters/refusal-notes.ts'
import type { NoteRefused, RefusalNotes } from './adapters/refusal-notes.ts'
import type { RefusedRequest } from './adapters/refused-request.ts'
import type { GuardRequest } from './checks/request.ts'
import { createSignals } from './feed/signals.ts'
import { unlistedScopes } from './issuer/unlisted-scopes.ts'
import { noTokenCounts } from './checks/token.ts'

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
  /**
   * The sender of a request to an open route. It never waits for the issuer, and renews nothing. In the
   * service's own process it may read the session.
   */
  recognize(request: GuardRequest): Settled<A> | Promise<Settled<A>>
  refuse(code: ErrorCode, details?: ErrorDetails): Refusal
  /** Counts a refused request, and logs a sample. Adapters call it with each refusal that they send. */
  noteRefused(request: GuardRequest, refused: Refusal): void
  /** CORS headers for the answer to this request. */
  cors(request: GuardRequest): AnswerHeaders
  /** Resolves when keys, and with a feed the revocations, are known; tries until then. */
  ready(): Promise<void>
  state(): GuardState
  /** A line for the people who run the API. */
  log(line: string): void
  /** Ends the feed and what happens by the clock. A process that ends needs no call. */
  close(): void
}

export type Settled<A extends AnyAccess = AnyAccess> =
  | {
      readonly ok: true
      readonly auth: Auth<A>
      /** `Set-Cookie` lines for the answer, where the token was renewed. */
      readonly cookies?: readonly string[]
    }
  | { readonly ok: false; readonly refused: Refusal }

export interface GuardOptions<A extends AnyAccess = AnyAccess> {
  /** The service's public URL, exact. */
  readonly issuer: string
  readonly access?: A
  /** What a token's `aud` must hold; the origin of the issuer where left out. */
  readonly audience?: string
  /** The issuer's address inside your network, where the public one can't be reached. */
  readonly reach?: string
  /** What `keyhaven guards add NAME` printed: revocations are pushed to this process then. */
  readonly feedKey?: string
  /** Seconds that the copy of the revocations may be old; what the issuer says where left out. */
  readonly maxStaleness?: number
  /** What is done past it: `'refuse'` answers 503, `'allow'` goes on from the old copy. */
  readonly onStale?: 'refuse' | 'allow'
  /** `'off'`: revocations count when a token ends. Must be written off loopback where no key is. */
  readonly revocations?: 'off'
  /** Headers of your own answers that pages of allowed origins may read, as `['ETag']`. */
  readonly exposeHeaders?: readonly string[]
  /** Called for each refused request: for a log or figures of your own. The log has a sample in any case. */
  readonly onRefused?: (refused: RefusedRequest) => void
  readonly log?: (line: string) => void
}

/**
 * A guard in a process of its own, which knows only the issuer's URL.
 * @throws TypeError with a sentence for a configuration that can't be meant.
 */
export function createGuard<A extends AnyAccess = AnyAccess>(options: GuardOptions<A>): Guard<A> {
  const url = checkGuardOptions(options)
  const { issuer, reach = issuer } = options
  const log = careful(options.log ?? toStandardError)
  const development = isLoopback(url.hostname) && process.env['NODE_ENV'] !== 'production'
  const address = { issuer, reach: reach.replace(/\/$/, ''), development }
  const source = createIssuer(address, log)
  const copy = keepCopy(options, { reach: address.reach, source, log })
  const guard = assemble<A>(
    {
      issuer,
      audience: [options.audience ?? url.origin],
      access: options.access ?? (noAccess as AnyAccess as A),
      known: source.known,
      mayRefetch: source.mayRefetch,
      revocations: copy.revocations,
      mayAnswer: copy.mayAnswer,
      onSnapshot: copy.onSnapshot,
      exposeHeaders: options.exposeHeaders,
      now: copy.now,
      development,
    },
    {
      learn: source.learn,
      problem: source.problem,
      copy,
      log,
      refusals: createRefusalNotes(log, options.onRefused),
    },
  )
  void guard.ready().then(() => {
    log(`pages of ${source.known()?.origins.own.join(', ')} may call`)
    log(copy.worstCase())
    const missing = unlistedScopes(options.access, source.scopes())
    if (missing !== undefined) log(missing)
  })
  return guard
}

/**
 * The same guard over sources in this process: what the service uses for itself.
 * @param noteRefused is called for each refused request; a sample of them goes to the log if it is left out.
 */
export function guardOver<A extends AnyAccess>(
  sources: GuardSources<A>,
  given: (line: string) => void = toStandardError,
  noteRefused?: NoteRefused,
): Guard<A> {
  const log = careful(given)
  const refusals = noteRefused
    ? { note: noteRefused, close: () => {} }
    : createRefusalNotes(log, undefined)
  return assemble(sources, {
    learn: async () => {},
    problem: () => undefined,
    copy: undefined,
    log,
    refusals,
  })
}

interface Surroundings {
  readonly learn: () => Promise<void>
  readonly problem: () => string | undefined
  /** The copy that a feed fills; `undefined` in the service's own process, which has the log itself. */
  readonly copy: KeptCopy | undefined
  readonly log: (line: string) => void
  readonly refusals: RefusalNotes
}

/** Milliseconds between two looks at what is over: sessions, entries. */
const TICK = 1000

function assemble<A extends AnyAccess>(
  sources: GuardSources<A>,
  { learn, problem, copy, log, refusals }: Surroundings,
): Guard<A> {
  const { revocations } = sources
  const now = (): number => sources.now()
  const signals = createSignals(revocations, now)
  const counts = sources.counts ?? noTokenCounts()
  const decide = createGuardChecks({ ...sources, counts }, signals)
  sources.onSnapshot?.(() => signals.endTokens())
  const dropTime = createDropTime(() => now() * 1000, nodeRuntime)
  const ticks = setInterval(() => {
    revocations.drop(dropTime())
    signals.sweep()
  }, TICK).unref()
  const refusedSoFar: Partial<Record<ErrorCode, number>> = {}
  const expose = exposed(sources.exposeHeaders)
  const refuse = createRefusals(sources.development)
  const unavailable = (): Refusal =>
    refuse('unavailable', {
      reason: problem() ?? 'the issuer’s keys are not known yet',
      retryAfter: 1,
    })
  const bySession = async (
    sessions: SessionSource,
    request: GuardRequest,
    { token, mark, mayRenew }: Judgement<A> & { readonly mayRenew: boolean },
  ): Promise<Settled<A>> => {
    const settled = await sessions.settle(request, mayRenew)
    if (!settled.ok) {
      // Sessions that can't be read end no live token: it goes on without a renewal
      const live =
        token && catalogue[settled.code].status === 503 ? decide(request, 'token') : undefined
      if (live?.ok || live?.refused) return live
      return { ok: false, refused: refuse(settled.code, settled.details) }
    }
    const { claims, cookies } = settled
    if (token !== undefined && mark !== undefined && token.claims.sid === claims.sid) {
      token.agreed = mark
    }
    const auth = authObjectFrom({ claims, kid: undefined }, sources.access, signals)
    return { ok: true, auth, cookies }
  }
  const settle: Guard<A>['settle'] = (request, mayRenew = true) => {
    const reach = mayRenew ? 'renew' : 'look'
    const decision = decide(request, reach)
    if (decision.ok || decision.refused !== undefined) return decision
    if (decision.needs === 'renewal' && sources.sessions) {
      return bySession(sources.sessions, request, { ...decision, mayRenew })
    }
    return learn().then(() => {
      const again = decide(request, reach)
      return again.ok ? again : { ok: false, refused: again.refused ?? unavailable() }
    })
  }
  const recognize: Guard<A>['recognize'] = (request) => {
    const decision = decide(request, 'look')
    if (decision.ok || decision.refused !== undefined) return decision
    if (decision.needs === 'renewal' && sources.sessions) {
      return bySession(sources.sessions, request, { ...decision, mayRenew: false })
    }
    void learn()
    return { ok: false, refused: unavailable() }
  }
  return {
    access: sources.access,
    development: sources.development,
    decide: (request) => {
      const decision = decide(request)
      return decision.ok || decision.refused ? decision : { ok: false, needs: decision.needs }
    },
    settle,
    recognize,
    refuse,
    noteRefused: (request, refused) => {
      refusedSoFar[refused.code] = (refusedSoFar[refused.code] ?? 0) + 1
      refusals.note(request, refused)
    },
    cors: (request) => {
      const known = sources.known()
      return known === undefined ? {} : corsHeaders(request, known.origins, expose)
    },
    ready: async () => {
      for (let wait = 100; sources.known() === undefined; wait = Math.min(wait * 2, 5000)) {
        await learn()
        if (sources.known() === undefined) await pause(wait)
      }
      await copy?.ready
    },
    state: () => {
      const { fresh, problem: unheard, ...rest } = copy?.state() ?? ownState(sources)
      const keys = sources.known()?.keys.kids
      return {
        ...rest,
        fresh: fresh && keys !== undefined,
        keys: keys ?? [],
        entries: revocations.size,
        checks: { ...counts },
        refusals: { ...refusedSoFar },
        problem: problem() ?? unheard,
      }
    },
    log,
    close: () => {
      clearInterval(ticks)
      refusals.close()
      copy?.close()
    },
  }
}

/** A wait that keeps no process alive. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}

/** The service's own process: its copy is the log's, as far as it could be read. */
function ownState({ revocations, mayAnswer }: GuardSources): CopyState {
  return {
    fresh: mayAnswer?.() ?? true,
    age: undefined,
    log: undefined,
    seq: revocations.seq,
    clockOffset: undefined,
    failures: 0,
    problem: undefined,
  }
}
