import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import type { AccessTokenClaims } from '@keyhaven/core/wire'
import type { Locked } from '../../database/locked.ts'
import { lockAccount } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { forgetRenewals } from '../../stores/sessions.ts'
import { findToken, sessionOf } from '../../stores/tokens.ts'
import type { TokenRow } from '../../stores/tokens.ts'
import { entryLifeEnd } from '../../model/entry-life.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking, RevokingMoment } from '../revocation/revoking.ts'
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
    await writeRevoked(moment, account, { token, actor, reason })
  })
}

interface Revoked {
  readonly token: TokenRow
  readonly actor: Actor
  readonly reason: string | undefined
}

async function writeRevoked(
  moment: RevokingMoment,
  account: Locked<Account>,
  { token, actor, reason }: Revoked,
): Promise<void> {
  const { jti } = token
  await forgetRenewals(moment.db, account, jti)
  const until = entryLifeEnd(token.expires_at, moment.now)
  await moment.revoke([{ kind: 'jti', id: jti, code: 'token_expired', until }])
  const details = { jti, ended: { tokens: 1 } }
  const session = sessionOf(token) ?? undefined
  const of = { actor, account: account.id, session, reason }
  await happened(moment, 'token.revoked', { ...of, details })
}

/** Revokes a checked token, also one whose record a failover has lost. */
export async function writeTokenRevoked(
  moment: RevokingMoment,
  { jti, exp }: AccessTokenClaims,
  { token, ...by }: Omit<Revoked, 'token'> & { readonly token: TokenRow | undefined },
): Promise<void> {
  const account = token && (await lockAccount(moment.db, token.account_id))
  if (token !== undefined && account !== undefined) {
    return writeRevoked(moment, account, { token, ...by })
  }
  const until = entryLifeEnd(exp, moment.now)
  await moment.revoke([{ kind: 'jti', id: jti, code: 'token_expired', until }])
}
