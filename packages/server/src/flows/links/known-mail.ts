import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import type { NewMail } from '../../mail/templates.ts'
import type { FlowSettings } from '../../model/flow-settings.ts'
import { pageLink } from '../../model/page-link.ts'
import type { Account } from '../../stores/accounts.ts'

/** The mail to the owner of an address with which a user signs up: the account exists already. */
export function knownMail(
  settings: Pick<FlowSettings, 'pages'>,
  account: Account,
  actor: Actor,
): NewMail<'sign-up-known'> {
  const values = { link: pageLink(settings, 'sign-in'), resetLink: pageLink(settings, 'reset') }
  const locale = localeFor(account, actor)
  return { template: 'sign-up-known', to: account.email, locale, values, recipient: 'confirmed' }
}
