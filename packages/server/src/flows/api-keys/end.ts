import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../events/happened.ts'
import { lockAccount } from '../../stores/accounts.ts'
import { findApiKey } from '../../stores/credentials/api-keys.ts'
import { lockEndable } from '../../stores/credentials/credentials.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import { endCredentials } from '../credentials/end.ts'
import type { Context } from '../context.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'

/** The API key to end, its account, and the rights of the actor. */
export interface KeyEnd {
  readonly accountId: string
  readonly keyId: string
  readonly held: Held
  readonly reason?: string | undefined
}

/**
 * Ends an API key with all that was made from it. A key that has ended stays so.
 * @throws KeyhavenError `not_found`, also for a key of another account; `insufficient_scope`.
 */
export function endApiKey(
  context: Revoking & Pick<Context, 'settings'>,
  { accountId, keyId, held, reason }: KeyEnd,
  actor: Actor,
): Promise<void> {
  return revoking(context, async (moment) => {
    const { db } = moment
    const account = await lockAccount(db, accountId)
    const key = await findApiKey(db, keyId)
    if (account === undefined || key?.account_id !== accountId) throw new KeyhavenError('not_found')
    await requireRank(context.settings.access, db, { account, held })
    const credential = await lockEndable(db, account, keyId)
    if (credential === undefined) return
    await endCredentials(moment, 'session_ended', [{ credential, actor, reason }])
  })
}
