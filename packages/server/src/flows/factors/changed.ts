import type { FactorKind } from '@keyhaven/core/wire'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { factorInWords } from '../../mail/factor-in-words.ts'
import { pageLink } from '../../model/page-link.ts'
import type { Account } from '../../stores/accounts.ts'
import type { Context } from '../context.ts'
import { endAll } from '../credentials/end-all.ts'
import type { RevokingMoment } from '../revocation/revoking.ts'

/** What a user has changed of their second factors, and in which session. */
export type FactorChange = {
  readonly actor: Actor
  readonly account: Locked<Account>
  /** The session that stays; `undefined` if none was open. */
  readonly session: string | undefined
} & (
  | {
      readonly event: 'factor.added' | 'factor.removed'
      readonly factor: { readonly id: string; readonly kind: FactorKind }
      /** How many recovery codes came with the first factor, or went with the last. */
      readonly recoveryCodes?: number | undefined
    }
  | { readonly event: 'factor.recovery_codes_renewed' }
)

const reasons = {
  'factor.added': 'second factor added',
  'factor.removed': 'second factor removed',
  'factor.recovery_codes_renewed': 'recovery codes renewed',
} as const satisfies Readonly<Record<FactorChange['event'], string>>

/**
 * What every change of a factor by its user does, in the transaction of the change: it ends the other
 * sessions of the account, as a change of the password does, and is recorded and mailed.
 */
export async function factorChanged(
  { settings }: Pick<Context, 'settings'>,
  moment: RevokingMoment,
  change: FactorChange,
): Promise<void> {
  const { actor, account, session } = change
  const ending = { code: 'session_ended', actor, reason: reasons[change.event] } as const
  const ended = await endAll(moment, { account, by: 'passwordChange', keep: session }, ending)
  const values = { at: moment.now, link: pageLink(settings, 'reset') }
  const to = { to: account.email, locale: localeFor(account, actor) }
  const of = { actor, account: account.id, session }
  if (change.event === 'factor.recovery_codes_renewed') {
    const mail = { ...to, template: 'recovery-codes-renewed', values } as const
    return happened(moment, change.event, { ...of, details: { ended }, mail })
  }
  const { event, factor, recoveryCodes } = change
  const details = { factor: factor.id, kind: factor.kind, ended, recoveryCodes }
  const shown = { ...values, factor: factorInWords(factor.kind, to.locale) }
  if (event === 'factor.added') {
    const mail = { ...to, template: 'factor-added', values: shown } as const
    return happened(moment, event, { ...of, details, mail })
  }
  const mail = { ...to, template: 'factor-removed', values: shown } as const
  return happened(moment, event, { ...of, details, mail })
}
