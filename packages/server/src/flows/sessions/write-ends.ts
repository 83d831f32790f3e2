import { lockAccount } from '../../stores/accounts.ts'
import { findEndable, lockEndable } from '../../stores/credentials/credentials.ts'
import { longestLife } from '../../stores/installation.ts'
import { findSession } from '../../stores/sessions.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'
import { MARGIN } from '../../model/entry-life.ts'
import { endCredentials } from '../credentials/end.ts'
import type { Ending } from '../credentials/end.ts'

/** Locks the account of a session and ends the session. @returns false if it had ended before. */
export async function writeSessionEnd(
  moment: RevokingMoment,
  sessionId: string,
  { code, ...ending }: Ending,
): Promise<boolean> {
  const { db } = moment
  const found = await findEndable(db, sessionId)
  if (found === undefined) return false
  // A token that is being issued is recorded before this lock, or its issuing finds the session
  // ended
  const account = await lockAccount(db, found.accountId)
  const credential = account && (await lockEndable(db, account, sessionId))
  if (credential === undefined) return false
  return (await endCredentials(moment, code, [{ credential, ...ending }])).length > 0
}

/** Ends the tokens of a session that the database has lost in a failover. */
export async function writeForgottenEnd(moment: RevokingMoment, sessionId: string): Promise<void> {
  const { db, now } = moment
  if ((await findSession(db, sessionId)) !== undefined) return
  const until = now + (await longestLife(db)) * 1000 + MARGIN
  await moment.revoke([{ kind: 'sid', id: sessionId, code: 'session_ended', until }])
}
