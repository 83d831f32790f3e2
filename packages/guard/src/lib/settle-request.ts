import type { AnyAccess } from '@keyhaven/core/access'
import { catalogue } from '@keyhaven/core/errors'
import type { ApiKeys } from './api-keys/api-keys.ts'
import type { KeyRefusal } from './api-keys/questions.ts'
import { authObjectFrom } from './auth-object.ts'
import type {
  AskedKey,
  GuardSources,
  Judgement,
  Need,
  SessionSource,
  TicketUse,
} from './checks/decision.ts'
import type { Decide } from './checks/guard.ts'
import type { createRefusals, Refusal } from './checks/refusal.ts'
import type { GuardRequest } from './checks/request.ts'
import type { Signals } from './feed/signals.ts'
import type { Guard, Settled } from './guard.ts'
import type { Tickets } from './tickets/tickets.ts'

/** The parts of a guard that settle requests. */
export interface SettleParts<A extends AnyAccess> {
  readonly decide: Decide<A>
  readonly signals: Signals
  readonly apiKeys: Pick<ApiKeys, 'ask'>
  readonly tickets: Pick<Tickets, 'redeem'>
  readonly refuse: ReturnType<typeof createRefusals>
  /** Fetches the issuer's keys. */
  readonly learn: () => Promise<void>
  /** Why the issuer can't be reached; `undefined` while it can. */
  readonly problem: () => string | undefined
}

interface Needed {
  readonly needs: Need
  readonly key?: AskedKey | undefined
  readonly use?: TicketUse | undefined
}

type Waiting<A extends AnyAccess> = Settled<A> | Promise<Settled<A>>

/** Creates `settle` and `recognize`: a decision, and what must be awaited for it. */
export function createSettleRequest<A extends AnyAccess>(
  sources: GuardSources<A>,
  { decide, signals, apiKeys, tickets, refuse, learn, problem }: SettleParts<A>,
): Pick<Guard<A>, 'settle' | 'recognize'> {
  const unavailable = (needs: Need): Refusal =>
    refuse('unavailable', {
      reason:
        needs === 'api-key' || needs === 'ticket'
          ? 'the answer about the credential was over when it came'
          : (problem() ?? 'the issuer’s keys are not known yet'),
      retryAfter: 1,
    })
  const bySession = async (
    sessions: SessionSource,
    request: GuardRequest,
    { token, mark, mayRenew }: Judgement<A> & { readonly mayRenew: boolean },
  ): Promise<Settled<A>> => {
    const settled = await sessions.settle(request, mayRenew)
    if (!settled.ok) {
      // If sessions can't be read, a valid token stays valid and is not renewed
      const live =
        token && catalogue[settled.code].status === 503 ? decide(request, 'token') : undefined
      if (live?.ok || live?.refused) return live
      return { ok: false, refused: refuse(settled.code, settled.details) }
    }
    const { claims, cookies } = settled
    if (token !== undefined && mark !== undefined && token.claims.sid === claims.sid) {
      token.agreed = mark
    }
    const { auth } = authObjectFrom({ claims, kid: undefined }, sources.access, signals)
    return { ok: true, auth, cookies }
  }
  /** Awaits what a decision needs. Returns the refusal if that can't be had now. */
  const meet = ({ needs, key, use }: Needed): Promise<KeyRefusal | undefined> => {
    if (needs === 'api-key' && key !== undefined) return apiKeys.ask(key)
    if (needs === 'ticket' && use !== undefined) return tickets.redeem(use)
    return learn().then(() => undefined)
  }
  const settle = (request: GuardRequest, mayRenew: boolean, met: readonly Need[]): Waiting<A> => {
    const decision = decide(request, mayRenew ? 'renew' : 'look')
    if (decision.ok || decision.refused !== undefined) return decision
    const { needs } = decision
    if (needs === 'renewal' && sources.sessions) {
      return bySession(sources.sessions, request, { ...decision, mayRenew })
    }
    if (met.includes(needs)) return { ok: false, refused: unavailable(needs) }
    return meet(decision).then((refused) =>
      refused === undefined
        ? settle(request, mayRenew, [...met, needs])
        : { ok: false, refused: refuse(refused.code, refused.details) },
    )
  }
  return {
    settle: (request, mayRenew = true) => settle(request, mayRenew, []),
    recognize: (request) => {
      // In the service's own process what a decision needs is near
      if (sources.sessions) return settle(request, false, [])
      const decision = decide(request, 'look')
      if (decision.ok || decision.refused !== undefined) return decision
      void meet(decision)
      return { ok: false, refused: unavailable(decision.needs) }
    },
  }
}
