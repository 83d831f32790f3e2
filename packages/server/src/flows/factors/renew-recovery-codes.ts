import { KeyhavenError } from '@keyhaven/core/errors'
import type { RecoveryCodes } from '@keyhaven/core/wire'
import type { Actor } from '../../events/happened.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { factorsOf } from '../../stores/factors/factors.ts'
import type { Context } from '../context.ts'
import { revoking } from '../revocation/revoking.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { factorChanged } from './changed.ts'
import { issueRecoveryCodes } from './recovery-codes/issue.ts'

/**
 * Gives the caller ten new recovery codes; the former ones no longer count.
 * @throws KeyhavenError `conflict` if the account has no second factor.
 */
export function renewRecoveryCodes(
  context: Context,
  live: LiveSession,
  actor: Actor,
): Promise<RecoveryCodes> {
  return revoking(context, async (moment) => {
    const { account, session } = await lockLiveSession(moment, live)
    if ((await factorsOf(moment.db, account.id)).length === 0) {
      throw new KeyhavenError('conflict', {
        detail:
          'Your account has no second factor, so it needs no recovery codes. The first second factor brings them.',
      })
    }
    const recoveryCodes = await issueRecoveryCodes(context, moment, account)
    const change = { event: 'factor.recovery_codes_renewed', actor, account } as const
    await factorChanged(context, moment, { ...change, session: session.id })
    return { recoveryCodes }
  })
}
