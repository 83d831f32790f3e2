import type { AnyAccess } from '@keyhaven/core/access'
import { catalogue } from '@keyhaven/core/errors'
import { authObjectFrom } from './auth-object.ts'
import type { GuardSources, Judgement, SessionSource } from './checks/decision.ts'
import type { Decide } from './checks/guard.ts'
import type { createRefusals, Refusal } from './checks/refusal.ts'
import type { GuardRequest } from './checks/request.ts'
import type { Signals } from './feed/signals.ts'
import type { Guard, Settled } from './guard.ts'

/** The parts of a guard that settle requests. */
export interface SettleParts<A extends AnyAccess> {
  readonly decide: Decide<A>
  readonly signals: Signals
  readonly refuse: ReturnType<typeof createRefusals>
  /** Fetches the issuer's keys. */
  readonly learn: () => Promise<void>
  /** Why the issuer can't be reached; `undefined` while it can. */
  readonly problem: () => string | undefined
}

/** Creates `settle` and `recognize`: a decision, and what must be awaited for it. */
export function createSettleRequest<A extends AnyAccess>(
  sources: GuardSources<A>,
  { decide, signals, refuse, learn, problem }: SettleParts<A>,
): Pick<Guard<A>, 'settle' | 'recognize'> {
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
  return {
    settle: (request, mayRenew = true) => {
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
    },
    recognize: (request) => {
      const decision = decide(request, 'look')
      if (decision.ok || decision.refused !== undefined) return decision
      if (decision.needs === 'renewal' && sources.sessions) {
        return bySession(sources.sessions, request, { ...decision, mayRenew: false })
      }
      void learn()
      return { ok: false, refused: unavailable() }
    },
  }
}
