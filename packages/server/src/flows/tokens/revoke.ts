import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { lockAccount } from '../../stores/accounts.ts'
import { forgetRenewals } from '../../stores/sessions.ts'
import { findToken, sessionOf } from '../../stores/tokens.ts'
import { entryLifeEnd } from '../../model/entry-life.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import type { Context } from '../context.ts'

/** The token to revoke, and the rights of the actor. */
export interface TokenRevoking {
  readonly jti: string
  readonly held: Held
  readonly reason?: string | undefined
}

/** Revokes one token. Its session stays, so a page gets a new token by renewing. */
export function revokeToken(
  context: Revoking & Pick<Context, 'settings'>,
  { jti, held, reason }: TokenRevoking,
  actor: Actor,
): Promise<void> {
  return revoking(context, async (moment) => {
    const token = await findToken(moment.db, jti)
    if (token === undefined) throw new KeyhavenError('not_found')
    const account = await lockAccount(moment.db, token.account_id)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(context.settings.access, moment.db, { account, held })
    await forgetRenewals(moment.db, account, jti)
    const until = entryLifeEnd(token.expires_at, moment.now)
    await moment.revoke([{ kind: 'jti', id: jti, code: 'token_expired', until }])
    const details = { jti, ended: { tokens: 1 } }
    const session = sessionOf(token) ?? undefined
    const of = { actor, account: account.id, session, reason }
    await happened(moment, 'token.revoked', { ...of, details })
  })
}
