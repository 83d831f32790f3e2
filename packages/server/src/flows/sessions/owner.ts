import { findSession } from '../../stores/sessions.ts'
import type { Context } from '../context.ts'

/** The id of the account that a session belongs to, which never changes; `undefined` without such a session. */
export async function ownerOfSession(
  { database }: Pick<Context, 'database'>,
  sessionId: string,
): Promise<string | undefined> {
  const session = await database.read(({ db }) => findSession(db, sessionId))
  return session?.account_id
}
