import { KeyhavenError } from '@keyhaven/core/errors'
import { record } from '../events.ts'
import type { Actor } from '../events.ts'
import { lockAccount } from '../stores/accounts.ts'
import { forgetRenewals } from '../stores/sessions.ts'
import { findToken } from '../stores/tokens.ts'
import { untilOf } from './end-session.ts'
import { revoking } from './revoking.ts'
import type { Revoking } from './revoking.ts'

/** Revokes one token. Its session lives on, so a renewal heals. */
export function revokeToken(rooms: Revoking, jti: string, actor: Actor): Promise<void> {
  return revoking(rooms, async (moment) => {
    const token = await findToken(moment.db, jti)
    if (token === undefined) throw new KeyhavenError('not_found')
    const account = await lockAccount(moment.db, token.account_id)
    if (account === undefined) throw new KeyhavenError('not_found')
    await forgetRenewals(moment.db, account, jti)
    const until = untilOf(token.expires_at, moment.now)
    await moment.revoke([{ kind: 'jti', id: jti, code: 'token_expired', until }])
    const details = { jti, ended: { tokens: 1 } }
    const session = token.session_id ?? undefined
    await record(moment, 'token.revoked', { actor, account: account.id, session, details })
  })
}
