import { KeyhavenError } from '@keyhaven/core/errors'
import { record } from '../events.ts'
import type { Actor } from '../events.ts'
import { lockAccount } from '../stores/accounts.ts'
import { findSession } from '../stores/sessions.ts'
import { writeSessionEnd, writeSessionEnds } from './end-session.ts'
import { revoking } from './revoking.ts'
import type { Revoking } from './revoking.ts'

/** Ends one session of an account; somebody else's does not exist. */
export function endOwnSession(
  rooms: Revoking,
  { accountId, sessionId }: { readonly accountId: string; readonly sessionId: string },
  actor: Actor,
): Promise<void> {
  return revoking(rooms, async (moment) => {
    const session = await findSession(moment.db, sessionId)
    if (session?.account_id !== accountId) throw new KeyhavenError('not_found')
    await writeSessionEnd(moment, sessionId, { code: 'session_ended', actor })
  })
}

/** Ends the sessions of an account, but the one to keep. */
export function endOwnSessions(
  rooms: Revoking,
  of: { readonly accountId: string; readonly keep?: string | undefined },
  actor: Actor,
): Promise<number> {
  return revoking(rooms, async (moment) => {
    const { accountId, keep } = of
    const account = await lockAccount(moment.db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    const ending = { code: 'session_ended', actor } as const
    const sessions = await writeSessionEnds(moment, { account, keep }, ending)
    const details = { ended: { sessions } }
    await record(moment, 'sessions.ended', { actor, account: accountId, session: keep, details })
    return sessions
  })
}
