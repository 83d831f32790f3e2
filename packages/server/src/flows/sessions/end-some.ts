import { KeyhavenError } from '@keyhaven/core/errors'
import { record } from '../../events/record.ts'
import type { Actor } from '../../events/record.ts'
import { lockAccount } from '../../stores/accounts.ts'
import { findSession } from '../../stores/sessions.ts'
import { endEra } from './end-era.ts'
import { writeSessionEnd, writeSessionEnds } from './write-ends.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import type { Context } from '../context.ts'

type Needs = Revoking & Pick<Context, 'settings'>

/** Whose session ends, and by what right. */
export interface OneEnd {
  readonly sessionId: string
  /** The only account whose session it may be; any account's, if it is left out. */
  readonly accountId?: string | undefined
  readonly held: Held
  readonly reason?: string | undefined
}

/** Ends one session; one that the caller may not know of does not exist. */
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

/** Which sessions of an account end, and by what right. */
export interface SessionsEnd {
  readonly accountId: string
  readonly held: Held
  /** The session that stays. */
  readonly keep?: string | undefined
  /**
   * Begins a new era (H36): whatever rests on the account ends, also what nobody has recorded. No session
   * stays then.
   */
  readonly everything?: boolean | undefined
  readonly reason?: string | undefined
}

/** Ends the sessions of an account, but the one to keep; the answer counts them. */
export function endSomeSessions(context: Needs, of: SessionsEnd, actor: Actor): Promise<number> {
  return revoking(context, async (moment) => {
    const { accountId, held, keep, everything = false, reason } = of
    const account = await lockAccount(moment.db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(context.settings.access, moment.db, { account, held })
    const ending = { code: 'session_ended', actor, reason } as const
    const { status, status_reason: statusReason } = account
    const sessions = everything
      ? await endEra(moment, { ...ending, account, status, statusReason })
      : await writeSessionEnds(moment, { account, keep }, ending)
    const session = everything ? undefined : keep
    const details = { ended: { sessions }, ...(everything && { everything }) }
    await record(moment, 'sessions.ended', { actor, account: accountId, session, reason, details })
    return sessions
  })
}
