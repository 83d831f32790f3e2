import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { lockAccount } from '../../stores/accounts.ts'
import { lockEndable } from '../../stores/credentials/credentials.ts'
import { ownerOf } from '../../stores/credentials/tree.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'
import type { Context } from '../context.ts'
import { countsOf, endCredentials } from './end.ts'

/** The credential to end, its account, and the rights of the actor. */
export interface CredentialToEnd {
  readonly accountId: string
  readonly credentialId: string
  readonly held: Held
  readonly reason?: string | undefined
}

/**
 * Ends a credential of an account with all that were made from it. One that has ended stays so.
 * @throws KeyhavenError `not_found`, also for a credential of another account; `insufficient_scope`.
 */
export function endOneCredential(
  context: Revoking & Pick<Context, 'settings'>,
  { accountId, credentialId, held, reason }: CredentialToEnd,
  actor: Actor,
): Promise<void> {
  return revoking(context, async (moment) => {
    const { db, kinds } = moment
    const account = await lockAccount(db, accountId)
    if (account === undefined || (await ownerOf(db, credentialId)) !== accountId) {
      throw new KeyhavenError('not_found')
    }
    await requireRank(context.settings.access, db, { account, held })
    const credential = await lockEndable(db, account, credentialId)
    if (credential === undefined) return
    const all = await endCredentials(moment, 'session_ended', [{ credential, actor, reason }])
    const details = {
      credential: credentialId,
      kind: credential.kind,
      ended: countsOf(kinds, all),
    }
    await happened(moment, 'credential.ended', { actor, account: accountId, reason, details })
  })
}
