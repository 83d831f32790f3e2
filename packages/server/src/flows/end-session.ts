import type { Moment } from '../database/database.ts'
import { appendRevocation } from '../stores/revocations.ts'
import type { Revocation } from '../stores/revocations.ts'
import { markEnded } from '../stores/sessions.ts'
import { lastExpiryOfSession } from '../stores/tokens.ts'
import type { Rooms } from './rooms.ts'

/** An entry stays this long after the last token that it can hit, and at least ten minutes. */
const MARGIN = 60_000
const SHORTEST = 600_000

/** Signs out: the session and every token of it are refused from the moment this answers. */
export async function endSession(
  { database, revocations }: Pick<Rooms, 'database' | 'revocations'>,
  sessionId: string,
): Promise<void> {
  const entry = await database.transact((moment) => writeSessionEnd(moment, sessionId))
  if (entry) revocations.add(entry)
}

/** Ends a session inside a transaction and returns its entry; nothing where it had ended before. */
export async function writeSessionEnd(
  { db, now }: Moment,
  sessionId: string,
): Promise<Revocation | undefined> {
  const code = 'session_ended'
  if (!(await markEnded(db, sessionId, { at: now, code }))) return undefined
  const lastExpiry = (await lastExpiryOfSession(db, sessionId)) * 1000
  const until = Math.max(lastExpiry + MARGIN, now + SHORTEST)
  return appendRevocation(db, { kind: 'sid', id: sessionId, code, until })
}
