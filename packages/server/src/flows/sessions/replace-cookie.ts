import type { Moment } from '../../database/database.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { setCookieHash } from '../../stores/sessions.ts'
import type { LockedLive } from './lock-live.ts'

/**
 * Gives a session another cookie: a copy of the former one opens nothing any more. Requests no longer share a token
 * that was renewed before.
 */
export async function replaceCookie(
  { db }: Pick<Moment, 'db'>,
  live: LockedLive,
  cookie: string,
): Promise<LockedLive> {
  const cookie_sha256 = sha256(cookie)
  await setCookieHash(db, live.session, cookie_sha256)
  const session = { ...live.session, cookie_sha256, renewed_jti: null, renewed_at: null }
  return { ...live, session }
}
