import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { pageLink } from '../../model/page-link.ts'
import type { Account } from '../../stores/accounts.ts'
import { recoveryCodesLeft } from '../../stores/factors/recovery-codes.ts'
import type { Context } from '../context.ts'
import type { CheckedFactor } from './checked-factor.ts'

/** A right proof, the account that it is for, and where it is used. */
export interface FactorUse {
  readonly checked: CheckedFactor
  readonly account: Locked<Account>
  /** The browser in words. */
  readonly words: string | undefined
  readonly actor: Actor
}

/**
 * Uses a proof up in the transaction of what it is for. The use of a recovery code is mailed (H15).
 * @throws KeyhavenError `invalid_credentials` if another use was first.
 */
export async function useFactor(
  { settings }: Pick<Context, 'settings'>,
  moment: Moment,
  { checked, account, words = '', actor }: FactorUse,
): Promise<void> {
  if (!(await checked.use(moment, account))) throw wrongFactor()
  if (!checked.methods.includes('recovery')) return
  const left = await recoveryCodesLeft(moment.db, account.id)
  await happened(moment, 'factor.recovery_code_used', {
    actor,
    account: account.id,
    details: { left },
    mail: {
      template: 'recovery-code-used',
      to: account.email,
      locale: localeFor(account, actor),
      values: {
        at: moment.now,
        browser: words,
        address: actor.address ?? '',
        left: String(left),
        link: pageLink(settings, 'reset'),
      },
    },
  })
}

/** The refusal of a wrong second factor. */
export function wrongFactor(
  detail = 'This is not right. Check it, then try again.',
): KeyhavenError {
  return new KeyhavenError('invalid_credentials', { detail })
}
