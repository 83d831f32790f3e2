import { isFresh } from '@keyhaven/core'
import type { AnyAccess } from '@keyhaven/core/access'
import type { ErrorCode } from '@keyhaven/core/errors'
import { createApiKeys } from './api-keys/api-keys.ts'
import { corsHeaders, exposed } from './adapters/cors.ts'
import type { RefusalNotes } from './adapters/refusal-notes.ts'
import type { GuardSources } from './checks/decision.ts'
import { createGuardChecks } from './checks/guard.ts'
import { createRefusals } from './checks/refusal.ts'
import { noTokenCounts } from './checks/token.ts'
import type { CopyState, KeptCopy } from './feed/copy.ts'
import { createDropTime } from './feed/drop-time.ts'
import { nodeRuntime } from './feed/node-runtime.ts'
import { createSignals } from './feed/signals.ts'
import type { Guard } from './guard.ts'
import { createSettleRequest } from './settle-request.ts'
import { createTickets } from './tickets/tickets.ts'

/** The parts of a guard beside its sources. */
export interface GuardParts {
  /** Fetches the issuer's keys. */
  readonly learn: () => Promise<void>
  /** Why the issuer can't be reached; `undefined` while it can. */
  readonly problem: () => string | undefined
  /** The copy that a feed fills; `undefined` in the service's own process, which reads the log itself. */
  readonly copy: KeptCopy | undefined
  readonly log: (line: string) => void
  readonly refusals: RefusalNotes
}

/** Milliseconds between two sweeps of ended sessions and entries. */
const TICK = 1000

/** Builds a guard from its sources and parts, and starts its timer. */
export function assembleGuard<A extends AnyAccess>(
  sources: GuardSources<A>,
  { learn, problem, copy, log, refusals }: GuardParts,
): Guard<A> {
  const { access, development, revocations } = sources
  const now = (): number => sources.now()
  const signals = createSignals(revocations, now)
  const counts = sources.counts ?? noTokenCounts()
  const apiKeys = createApiKeys(sources)
  const tickets = createTickets(sources)
  const decide = createGuardChecks({ ...sources, counts }, signals, { apiKeys, tickets })
  sources.onSnapshot?.(() => signals.endTokens())
  const dropTime = createDropTime(() => now() * 1000, nodeRuntime)
  const ticks = setInterval(() => {
    revocations.drop(dropTime())
    signals.sweep()
  }, TICK).unref()
  const refusedSoFar: Partial<Record<ErrorCode, number>> = {}
  const expose = exposed(sources.exposeHeaders)
  const refuse = createRefusals(development)
  const parts = { decide, signals, apiKeys, tickets, refuse, learn, problem }
  const { settle, recognize } = createSettleRequest(sources, parts)
  return {
    access,
    development,
    decide: (request) => {
      const decision = decide(request)
      return decision.ok || decision.refused ? decision : { ok: false, needs: decision.needs }
    },
    settle,
    recognize,
    refuse,
    isFresh: ({ claims: { auth_time = 0 } }, seconds) =>
      isFresh(auth_time * 1000, now() * 1000, seconds),
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
      const { fresh, problem: feedProblem, ...rest } = copy?.state() ?? ownState(sources)
      const keys = sources.known()?.keys.kids
      return {
        ...rest,
        fresh: fresh && keys !== undefined,
        keys: keys ?? [],
        entries: revocations.size,
        checks: { ...counts },
        apiKeys: apiKeys.counts(),
        refusals: { ...refusedSoFar },
        problem: problem() ?? feedProblem,
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

/** The state of a copy in the service's own process, which reads the log itself. */
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
