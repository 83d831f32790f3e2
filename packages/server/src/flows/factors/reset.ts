import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { pageLink } from '../../model/page-link.ts'
import type { ResetFactors } from '../../model/reset-factors.ts'
import { lockAccount } from '../../stores/accounts.ts'
import { forgetDevices } from '../../stores/devices.ts'
import { deleteFactors, factorsOf } from '../../stores/factors/factors.ts'
import { recoveryCodesLeft, replaceRecoveryCodes } from '../../stores/factors/recovery-codes.ts'
import { requireRank } from '../application/rank.ts'
import type { Held } from '../application/rank.ts'
import type { Context } from '../context.ts'
import { endEra } from '../credentials/end-era.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Revoking } from '../revocation/revoking.ts'

/** The account whose user has lost every factor, the rights of the actor, and why. */
export interface FactorReset {
  readonly accountId: string
  readonly held: Held
  readonly reason: string
}

/**
 * Removes all second factors and recovery codes of an account, for a user who has lost them. Every
 * session and every begun sign-in ends, in a new era, and no device is known any more: from then on
 * the password opens the account, so nothing of before counts.
 * @throws KeyhavenError `not_found`, `insufficient_scope`.
 */
export function resetFactors(
  context: Revoking & Pick<Context, 'settings'>,
  { accountId, held, reason }: FactorReset,
  actor: Actor,
): Promise<ResetFactors> {
  return revoking(context, async (moment) => {
    const { db, now } = moment
    const account = await lockAccount(db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    await requireRank(context.settings.access, db, { account, held })
    const factors = (await factorsOf(db, account.id)).length
    const recoveryCodes = await recoveryCodesLeft(db, account.id)
    await deleteFactors(db, account, 'all')
    await replaceRecoveryCodes(db, account, { hashes: [], now })
    await forgetDevices(db, account)
    const { status, status_reason: statusReason } = account
    const ending = { code: 'session_ended', actor, reason } as const
    const by = 'passwordChange'
    const ended = await endEra(moment, { ...ending, account, by, status, statusReason })
    await happened(moment, 'factor.reset', {
      actor,
      account: account.id,
      reason,
      details: { factors, recoveryCodes, ended },
      mail: {
        template: 'factors-reset',
        to: account.email,
        locale: localeFor(account, actor),
        values: { at: now, link: pageLink(context.settings, 'reset') },
      },
    })
    return { factors, ended }
  })
}
