import { KeyhavenError } from '@keyhaven/core/errors'
import type { ErrorCode } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { findAccount, rolesOf } from '../../stores/accounts.ts'
import { findSession, findSessionByCookie } from '../../stores/sessions.ts'
import type { Session } from '../../stores/sessions.ts'
import type { LiveSession } from '../../model/access-claims.ts'

/** A session, referenced by its id or by the value of its cookie. */
export type SessionReference = { readonly id: string } | { readonly cookie: string }

/** A live session with its account, or the code that explains its absence. */
export type FoundSession =
  | ({ readonly ok: true } & LiveSession)
  | {
      readonly ok: false
      readonly code: ErrorCode
    }

/** Reads a session and its account as they are now. */
export async function findLiveSession(
  { db, now }: Moment,
  reference: SessionReference,
): Promise<FoundSession> {
  const session =
    'id' in reference
      ? await findSession(db, reference.id)
      : await findSessionByCookie(db, sha256(reference.cookie))
  if (session === undefined) return { ok: false, code: 'token_invalid' }
  const account = await findAccount(db, session.account_id)
  if (account === undefined) return { ok: false, code: 'token_invalid' }
  if (account.status !== 'active') return { ok: false, code: 'account_locked' }
  if (hasEnded(session, now)) return { ok: false, code: session.end_code ?? 'session_ended' }
  return { ok: true, account, session, roles: await rolesOf(db, account.id) }
}

/**
 * Reads a live session and its account.
 * @throws KeyhavenError with the code of its end if the session is not live.
 */
export async function requireLiveSession(
  moment: Moment,
  reference: SessionReference,
): Promise<LiveSession> {
  const found = await findLiveSession(moment, reference)
  if (!found.ok) throw new KeyhavenError(found.code)
  return found
}

/** Requires that a session has not ended. @throws KeyhavenError with the code of its end. */
export function requireLive(session: Session, now: number): void {
  if (hasEnded(session, now)) throw new KeyhavenError(session.end_code ?? 'session_ended')
}

function hasEnded(session: Session, now: number): boolean {
  if (session.ended_at !== null || now >= session.idle_expires_at) return true
  return session.absolute_expires_at !== null && now >= session.absolute_expires_at
}
