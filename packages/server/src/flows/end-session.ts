import type { Actor } from '../events.ts'
import { record } from '../events.ts'
import { lockAccount } from '../stores/accounts.ts'
import { endableSessions, findSession, forgetRenewals, markEnded } from '../stores/sessions.ts'
import { lastExpiryOfSession, unexpiredTokens } from '../stores/tokens.ts'
import { revoking } from './revoking.ts'
import type { Revoking, RevokingMoment } from './revoking.ts'

/** An entry stays this long after the last token that it can hit, and at least ten minutes. */
const MARGIN = 60_000
const SHORTEST = 600_000

/** Why a session ends: what its tokens are answered from then on. */
export type EndCode = 'session_ended' | 'account_locked'

export interface Ending {
  readonly code: EndCode
  readonly actor: Actor
  readonly reason?: string | undefined
}

/** Signs out: the session and every token of it are refused from the moment this answers. */
export function endSession(rooms: Revoking, sessionId: string, actor: Actor): Promise<boolean> {
  return revoking(rooms, (moment) =>
    writeSessionEnd(moment, sessionId, { code: 'session_ended', actor }),
  )
}

/** Ends a session whose account is locked; false where it had ended before. */
export async function writeSessionEnd(
  moment: RevokingMoment,
  sessionId: string,
  ending: Ending,
): Promise<boolean> {
  const session = await findSession(moment.db, sessionId)
  if (session === undefined || session.ended_at !== null) return false
  // What is being issued now is recorded before this, or finds the session ended
  await lockAccount(moment.db, session.account_id)
  return writeLockedEnd(moment, { sessionId, accountId: session.account_id }, ending)
}

/** The same where the account's row is locked already. */
export async function writeLockedEnd(
  moment: RevokingMoment,
  { sessionId, accountId }: { readonly sessionId: string; readonly accountId: string },
  { code, actor, reason }: Ending,
): Promise<boolean> {
  const { db, now } = moment
  if (!(await markEnded(db, sessionId, { at: now, code }))) return false
  const until = untilOf(await lastExpiryOfSession(db, sessionId), now)
  await moment.revoke({ kind: 'sid', id: sessionId, code, until })
  await record(moment, 'session.ended', { actor, account: accountId, session: sessionId, reason })
  return true
}

/** Ends the live sessions of a locked account, but the one to keep; the answer counts them. */
export async function writeSessionEnds(
  moment: RevokingMoment,
  { accountId, keep }: { readonly accountId: string; readonly keep?: string | undefined },
  ending: Ending,
): Promise<number> {
  await lockAccount(moment.db, accountId)
  const ids = (await endableSessions(moment.db, accountId)).filter((id) => id !== keep)
  for (const sessionId of ids) await writeLockedEnd(moment, { sessionId, accountId }, ending)
  return ids.length
}

/** Kills every unexpired token of a locked account, or of one session of it; a renewal heals. The answer counts them. */
export async function writeTokenEnds(
  moment: RevokingMoment,
  of: { readonly accountId: string; readonly sessionId?: string },
): Promise<number> {
  const { db, now } = moment
  await lockAccount(db, of.accountId)
  await forgetRenewals(db, of)
  const tokens = await unexpiredTokens(db, of, Math.floor(now / 1000))
  for (const { jti, expires_at } of tokens) {
    await moment.revoke({
      kind: 'jti',
      id: jti,
      code: 'token_expired',
      until: untilOf(expires_at, now),
    })
  }
  return tokens.length
}

/** `lastExpiry` is in seconds, as in a token; the answer and `now` are in milliseconds. */
export function untilOf(lastExpiry: number, now: number): number {
  return Math.max(lastExpiry * 1000 + MARGIN, now + SHORTEST)
}
