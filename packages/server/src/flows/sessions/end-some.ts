import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { lockAccount } from '../../stores/accounts.ts'
import { findSession } from '../../stores/sessions.ts'
import { endAll } from '../credentials/end-all.ts'
import { endEra } from '../credentials/end-era.ts'
import { sessionKind } from './kind.ts'
import { writeSessionEnd } from './write-ends.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import type { Context } from '../context.ts'

type Needs = Revoking & Pick<Context, 'settings'>

/** The session to end, and the rights of the actor. */
export interface OneEnd {
  readonly sessionId: string
  /** The account that must own the session; without it, any account. */
  readonly accountId?: string | undefined
  readonly held: Held
  readonly reason?: string | undefined
}

/**
 * Ends one session.
 * @throws KeyhavenError `not_found`, also for a session that the actor may not end.
 */
export function endOneSession(
  context: Needs,
  { sessionId, accountId, held, reason }: OneEnd,
  actor: Actor,
): Promise<void> {
  return revoking(context, async (moment) => {
    const session = await findSession(moment.db, sessionId)
    if (session === undefined) throw new KeyhavenError('not_found')
    if (accountId !== undefined && session.account_id !== accountId) {
      throw new KeyhavenError('not_found')
    }
    const account = await lockAccount(moment.db, session.account_id)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(context.settings.access, moment.db, { account, held })
    await writeSessionEnd(moment, sessionId, { code: 'session_ended', actor, reason })
  })
}

/** The sessions of an account to end, and the rights of the actor. */
export interface SessionsEnd {
  readonly accountId: string
  readonly held: Held
  /** The session that stays. */
  readonly keep?: string | undefined
  /**
   * Begins a new era (H36): everything issued for the account ends, also what is not recorded. No
   * session stays.
   */
  readonly everything?: boolean | undefined
  readonly reason?: string | undefined
}

/** Ends the sessions of an account except the one to keep. @returns how many. */
export function endSomeSessions(context: Needs, of: SessionsEnd, actor: Actor): Promise<number> {
  return revoking(context, async (moment) => {
    const { accountId, held, keep, everything = false, reason } = of
    const account = await lockAccount(moment.db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(context.settings.access, moment.db, { account, held })
    const ending = { code: 'session_ended', actor, reason } as const
    const { status, status_reason: statusReason } = account
    const counts = everything
      ? await endEra(moment, { ...ending, account, by: () => true, status, statusReason })
      : await endAll(moment, { account, by: ({ name }) => name === sessionKind.name, keep }, ending)
    const session = everything ? undefined : keep
    const { sessions } = counts
    const details = everything ? { ended: counts, everything } : { ended: { sessions } }
    await happened(moment, 'sessions.ended', {
      actor,
      account: accountId,
      session,
      reason,
      details,
    })
    return sessions
  })
}
