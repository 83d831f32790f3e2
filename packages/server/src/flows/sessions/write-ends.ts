import type { Actor } from '../../events/record.ts'
import { recordAll } from '../../events/record.ts'
import type { Locked } from '../../database/locked.ts'
import { lockAccount } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { findSession, forgetRenewals, lockSession } from '../../stores/sessions.ts'
import { endableSessions, markEnded } from '../../stores/session-ends.ts'
import type { OwnedSession } from '../../stores/sessions.ts'
import { longestLife } from '../../stores/installation.ts'
import { newTokenId } from '../../secrets/random.ts'
import type { Effect } from '../../stores/revocation-effects.ts'
import type { NewRevocation } from '../../stores/revocations.ts'
import { lastExpiries, unexpiredTokens } from '../../stores/tokens.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { MARGIN, entryLifeEnd } from '../../model/entry-life.ts'

/** The code with which requests with the session's tokens are refused after its end. */
export type EndCode = 'session_ended' | 'account_locked'

/** How sessions end: the code for their tokens, the actor and the reason. */
export interface Ending {
  readonly code: EndCode
  readonly actor: Actor
  readonly reason?: string | undefined
}

/** A session of a locked account that is to end, and the actor. */
export interface SessionEnd {
  readonly session: Locked<OwnedSession>
  readonly actor: Actor
  readonly reason?: string | undefined
}

/** Locks the account of a session and ends the session. @returns false if it had ended before. */
export async function writeSessionEnd(
  moment: RevokingMoment,
  sessionId: string,
  { code, ...ending }: Ending,
): Promise<boolean> {
  const found = await findSession(moment.db, sessionId)
  if (found === undefined || found.ended_at !== null) return false
  // A token that is being issued is recorded before this lock, or its issuing finds the session
  // ended
  const account = await lockAccount(moment.db, found.account_id)
  const session = account && (await lockSession(moment.db, account, sessionId))
  if (session === undefined) return false
  return (await writeLockedEnds(moment, code, [{ session, ...ending }])).has(sessionId)
}

/** Ends the tokens of a session that the database has lost in a failover. */
export async function writeForgottenEnd(moment: RevokingMoment, sessionId: string): Promise<void> {
  const { db, now } = moment
  if ((await findSession(db, sessionId)) !== undefined) return
  const until = now + (await longestLife(db)) * 1000 + MARGIN
  await moment.revoke([{ kind: 'sid', id: sessionId, code: 'session_ended', until }])
}

/** Ends sessions of locked accounts. @returns those that had not ended before. */
export async function writeLockedEnds(
  moment: RevokingMoment,
  code: EndCode,
  ends: readonly SessionEnd[],
): Promise<ReadonlySet<string>> {
  const ended = await markEnds(moment, code, ends)
  if (ended.size === 0) return ended
  const { db, now } = moment
  const last = await lastExpiries(db, [...ended])
  await moment.revoke(
    [...ended].map((id) => ({
      kind: 'sid',
      id,
      code,
      until: entryLifeEnd(last.get(id) ?? 0, now),
    })),
  )
  return ended
}

/**
 * Ends sessions of locked accounts without entries in the log, for a flow that writes its own.
 * @returns those that had not ended before.
 */
export async function markEnds(
  moment: RevokingMoment,
  code: EndCode,
  ends: readonly SessionEnd[],
): Promise<ReadonlySet<string>> {
  if (ends.length === 0) return new Set()
  const { db, now } = moment
  const sessions = ends.map(({ session }) => session)
  const ended = new Set(await markEnded(db, sessions, { at: now, code }))
  await recordAll(
    moment,
    'session.ended',
    ends
      .filter(({ session }) => ended.has(session.sessionId))
      .map(({ session, actor, reason }) => ({
        actor,
        account: session.accountId,
        session: session.sessionId,
        reason,
      })),
  )
  return ended
}

/** Ends the live sessions of a locked account except the one to keep. @returns how many. */
export async function writeSessionEnds(
  moment: RevokingMoment,
  { account, keep }: { readonly account: Locked<Account>; readonly keep?: string | undefined },
  { code, ...ending }: Ending,
): Promise<number> {
  const all = await endableSessions(moment.db, account)
  const ends = all
    .filter(({ sessionId }) => sessionId !== keep)
    .map((session) => ({ session, ...ending }))
  return (await writeLockedEnds(moment, code, ends)).size
}

/** The tokens of an account to end, and the other effects of the change. */
export interface TokenEnding {
  /** Only tokens of this session; without it, all of the account. */
  readonly sessionId?: string
  /** Stored with the first entry; without any token, with an entry that matches none. */
  readonly effect?: Effect
}

/** Revokes unexpired tokens of a locked account; pages renew theirs. @returns how many. */
export async function writeTokenEnds(
  moment: RevokingMoment,
  account: Locked<Account>,
  { sessionId, effect }: TokenEnding,
): Promise<number> {
  const { db, now } = moment
  await forgetRenewals(db, account)
  const tokens = await unexpiredTokens(db, { accountId: account.id, sessionId }, now)
  const hits = tokens.map(({ jti: id, expires_at }) => ({
    id,
    until: entryLifeEnd(expires_at, now),
  }))
  const [first, ...others] = hits
  if (first === undefined) {
    if (effect !== undefined) await writeEffect(moment, effect)
    return 0
  }
  const entryOf = (hit: typeof first) =>
    ({ kind: 'jti', code: 'token_expired', ...hit }) as const satisfies NewRevocation
  await moment.revoke([{ ...entryOf(first), effect }, ...others.map(entryOf)])
  return tokens.length
}

/**
 * Writes an entry that matches no token, to repeat a change that ends no token if a failover loses
 * it.
 */
export async function writeEffect(moment: RevokingMoment, effect: Effect): Promise<void> {
  const until = entryLifeEnd(0, moment.now)
  await moment.revoke([{ kind: 'jti', id: newTokenId(), code: 'token_expired', until, effect }])
}
