import type { Actor } from '../events.ts'
import { recordEach } from '../events.ts'
import { lockAccount } from '../stores/accounts.ts'
import { endableSessions, findSession, forgetRenewals, markEnded } from '../stores/sessions.ts'
import type { OwnedSession } from '../stores/sessions.ts'
import { lastExpiries, unexpiredTokens } from '../stores/tokens.ts'
import type { RevokingMoment } from './revoking.ts'

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

/** A session of a locked account that is to end, and who ends it. */
export interface SessionEnd extends OwnedSession {
  readonly actor: Actor
  readonly reason?: string | undefined
}

/** Ends a session and locks its account for it; false where it had ended before. */
export async function writeSessionEnd(
  moment: RevokingMoment,
  sessionId: string,
  { code, ...ending }: Ending,
): Promise<boolean> {
  const session = await findSession(moment.db, sessionId)
  if (session === undefined || session.ended_at !== null) return false
  const accountId = session.account_id
  // What is being issued now is recorded before this, or finds the session ended
  await lockAccount(moment.db, accountId)
  const ended = await writeLockedEnds(moment, code, [{ sessionId, accountId, ...ending }])
  return ended.has(sessionId)
}

/** Ends sessions whose accounts are locked; the answer is those that had not ended before. */
export async function writeLockedEnds(
  moment: RevokingMoment,
  code: EndCode,
  ends: readonly SessionEnd[],
): Promise<ReadonlySet<string>> {
  if (ends.length === 0) return new Set()
  const { db, now } = moment
  const ids = ends.map(({ sessionId }) => sessionId)
  const ended = new Set(await markEnded(db, ids, { at: now, code }))
  if (ended.size === 0) return ended
  const last = await lastExpiries(db, [...ended])
  await moment.revoke(
    [...ended].map((id) => ({ kind: 'sid', id, code, until: untilOf(last.get(id) ?? 0, now) })),
  )
  await recordEach(
    moment,
    'session.ended',
    ends
      .filter(({ sessionId }) => ended.has(sessionId))
      .map(({ sessionId: session, accountId: account, actor, reason }) => ({
        actor,
        account,
        session,
        reason,
      })),
  )
  return ended
}

/** Ends the live sessions of a locked account, but the one to keep; the answer counts them. */
export async function writeSessionEnds(
  moment: RevokingMoment,
  { accountId, keep }: { readonly accountId: string; readonly keep?: string | undefined },
  { code, ...ending }: Ending,
): Promise<number> {
  await lockAccount(moment.db, accountId)
  const ids = (await endableSessions(moment.db, accountId)).filter((id) => id !== keep)
  const ends = ids.map((sessionId) => ({ sessionId, accountId, ...ending }))
  return (await writeLockedEnds(moment, code, ends)).size
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
  await moment.revoke(
    tokens.map(({ jti: id, expires_at }) => ({
      kind: 'jti',
      id,
      code: 'token_expired',
      until: untilOf(expires_at, now),
    })),
  )
  return tokens.length
}

/** `lastExpiry` is in seconds, as in a token; the answer and `now` are in milliseconds. */
export function untilOf(lastExpiry: number, now: number): number {
  return Math.max(lastExpiry * 1000 + MARGIN, now + SHORTEST)
}
