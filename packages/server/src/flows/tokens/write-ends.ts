import type { Locked } from '../../database/locked.ts'
import { entryLifeEnd } from '../../model/entry-life.ts'
import { newTokenId } from '../../secrets/random.ts'
import type { Account } from '../../stores/accounts.ts'
import type { Effect } from '../../stores/revocation-effects.ts'
import type { NewRevocation } from '../../stores/revocations.ts'
import { forgetRenewals } from '../../stores/sessions.ts'
import { unexpiredTokens } from '../../stores/tokens.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'

/** The tokens of an account to end, and the other effects of the change. */
export interface TokenEnding {
  /** Only tokens of this credential; without it, all of the account. */
  readonly credentialId?: string
  /** Stored with the first entry; without any token, with an entry that matches none. */
  readonly effect?: Effect
}

/** Revokes unexpired tokens of a locked account; pages renew theirs. @returns how many. */
export async function writeTokenEnds(
  moment: RevokingMoment,
  account: Locked<Account>,
  { credentialId, effect }: TokenEnding,
): Promise<number> {
  const { db, now } = moment
  await forgetRenewals(db, account)
  const tokens = await unexpiredTokens(db, { accountId: account.id, credentialId }, now)
  const hits = tokens.map(({ jti: id, expires_at }) => ({
    id,
    until: entryLifeEnd(expires_at, now),
  }))
  const [first, ...others] = hits
  if (first === undefined) {
    if (effect !== undefined) await writeEffect(moment, effect)
    return 0
  }
  const entryOf = (hit: typeof first) =>
    ({ kind: 'jti', code: 'token_expired', ...hit }) as const satisfies NewRevocation
  await moment.revoke([{ ...entryOf(first), effect }, ...others.map(entryOf)])
  return tokens.length
}

/**
 * Writes an entry that matches no token, to repeat a change that ends no token if a failover loses
 * it.
 */
export async function writeEffect(moment: RevokingMoment, effect: Effect): Promise<void> {
  const until = entryLifeEnd(0, moment.now)
  await moment.revoke([{ kind: 'jti', id: newTokenId(), code: 'token_expired', until, effect }])
}
