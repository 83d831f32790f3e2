import type { Moment } from '../../../database/database.ts'
import type { Locked } from '../../../database/locked.ts'
import { happened } from '../../../events/happened.ts'
import { localeFor } from '../../../events/locale-for.ts'
import { pageLink } from '../../../model/page-link.ts'
import type { Account } from '../../../stores/accounts.ts'
import { useChallenge } from '../../../stores/factors/challenges.ts'
import type { ChallengeSubject } from '../../../stores/factors/challenges.ts'
import { notePasskeyUse } from '../../../stores/factors/factors.ts'
import type { Factor } from '../../../stores/factors/factors.ts'
import type { Context } from '../../context.ts'

/** A right answer of a passkey of a locked account. */
export interface PasskeyUse {
  readonly account: Locked<Account>
  readonly passkey: Factor
  readonly subject: ChallengeSubject
  readonly challenge: string
  readonly counter: number
}

/**
 * Uses up a challenge that a passkey of a locked account has answered, and notes its counter. One that
 * goes back is recorded and mailed, not refused: authenticators that are copied between devices report
 * 0 for ever, and others begin anew after a repair (WebAuthn §6.1.1).
 * @returns false if another answer was first, or the passkey is gone.
 */
export async function usePasskey(
  { settings }: Pick<Context, 'settings'>,
  moment: Moment,
  { account, passkey, subject, challenge, counter }: PasskeyUse,
): Promise<boolean> {
  const { id, counter: stored } = passkey
  if (!(await useChallenge(moment, subject, challenge))) return false
  if (!(await notePasskeyUse(moment.db, account, { id, counter, at: moment.now }))) return false
  const counts = counter > 0 || stored > 0
  if (counts && counter <= stored) {
    const actor = { accountId: account.id }
    await happened(moment, 'factor.counter_back', {
      actor,
      account: account.id,
      details: { factor: id, stored, sent: counter },
      mail: {
        template: 'passkey-counter-back',
        to: account.email,
        locale: localeFor(account, actor),
        values: { at: moment.now, link: pageLink(settings, 'reset') },
      },
    })
  }
  return true
}
