import type { Moment } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import { isRecordedSince } from '../../stores/audit/audit.ts'
import type { LiveSession } from '../../model/access-claims.ts'

/**
 * Milliseconds between two entries of a session: a claim that grew is too large at every renewal.
 */
const ONCE_IN = 3_600_000

/** Records that a token would have become too large, and that it got the former claims instead. */
export async function noteKeptClaims(
  moment: Moment,
  live: Pick<LiveSession, 'account' | 'session'>,
): Promise<void> {
  const { db, now } = moment
  const of = { account: live.account.id, session: live.session.id }
  const action = 'session.claims_kept'
  if (await isRecordedSince(db, { ...of, action }, now - ONCE_IN)) return
  await happened(moment, action, { actor: {}, ...of, reason: 'the token would be too large' })
}
