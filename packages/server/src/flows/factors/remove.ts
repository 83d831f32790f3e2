import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../events/happened.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { demandsFactor } from '../../model/sign-in/demands-factor.ts'
import { deleteFactors, factorsOf } from '../../stores/factors/factors.ts'
import { recoveryCodesLeft, replaceRecoveryCodes } from '../../stores/factors/recovery-codes.ts'
import type { Context } from '../context.ts'
import { revoking } from '../revocation/revoking.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { factorChanged } from './changed.ts'

/**
 * Removes a second factor of the caller. With the last one the recovery codes go too. Every account
 * has a password, so no factor is the only way in.
 * @throws KeyhavenError `not_found`, also for a factor of another account; `conflict` for the last one
 * if the account must have one.
 */
export function removeFactor(
  context: Context,
  { live, id }: { readonly live: LiveSession; readonly id: string },
  actor: Actor,
): Promise<void> {
  return revoking(context, async (moment) => {
    const { db, now } = moment
    const { account, session, roles } = await lockLiveSession(moment, live)
    const factors = await factorsOf(db, account.id)
    const factor = factors.find((one) => one.id === id)
    if (factor === undefined) throw new KeyhavenError('not_found')
    const isLast = factors.length === 1
    if (isLast && demandsFactor(context.settings, roles)) {
      throw new KeyhavenError('conflict', {
        detail:
          'Your account must have a second factor, and this is the only one. Set up another one, then remove this one.',
      })
    }
    await deleteFactors(db, account, { id })
    const recoveryCodes = isLast ? await recoveryCodesLeft(db, account.id) : undefined
    if (isLast) await replaceRecoveryCodes(db, account, { hashes: [], now })
    await factorChanged(context, moment, {
      event: 'factor.removed',
      actor,
      account,
      session: session.id,
      factor,
      recoveryCodes,
    })
  })
}
