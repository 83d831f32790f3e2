import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { lockAccount, rolesOf } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { lockSession } from '../../stores/sessions.ts'
import type { Session } from '../../stores/sessions.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { refuseUnlessActive } from '../../model/refuse-unless-active.ts'
import { requireLive } from './find-live.ts'

/**
 * A live session and its account, both locked by this transaction: required to issue anything for
 * it.
 */
export interface LockedLive extends LiveSession {
  readonly account: Locked<Account>
  readonly session: Locked<Session>
}

/**
 * Locks the account of an authenticated session and checks status, password, session and session
 * cookie again. Since the first check the user may have changed the password because the cookie was
 * copied; the copy must get nothing.
 * @throws KeyhavenError as if the request had come now.
 */
export async function lockLiveSession(moment: Moment, live: LiveSession): Promise<LockedLive> {
  const { db, now } = moment
  const account = await lockAccount(db, live.account.id)
  const session = account && (await lockSession(db, account, live.session.id))
  if (account === undefined || session === undefined) throw new KeyhavenError('token_invalid')
  refuseUnlessActive(account)
  requireLive(session, now)
  if (
    account.credential_version !== live.account.credential_version ||
    session.cookie_sha256 !== live.session.cookie_sha256
  ) {
    const reason = 'the credentials of this session were replaced while the request waited'
    throw new KeyhavenError('token_invalid', { reason })
  }
  return { account, session, roles: await rolesOf(db, account.id) }
}
