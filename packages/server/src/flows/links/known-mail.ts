import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import type { NewMail, OneTime } from '../../mail/templates.ts'
import type { FlowSettings } from '../../model/flow-settings.ts'
import { pageLink } from '../../model/page-link.ts'
import type { Account } from '../../stores/accounts.ts'

/**
 * The mail to the owner of an address with which a user signs up: the account exists already. It
 * stands for a link, which counts as one of the address.
 */
export function knownMail(
  settings: Pick<FlowSettings, 'mail'>,
  account: Account,
  { actor, oneTime }: { readonly actor: Actor; readonly oneTime: OneTime },
): NewMail<'sign-up-known'> {
  const values = { link: pageLink(settings, 'sign-in'), resetLink: pageLink(settings, 'reset') }
  const locale = localeFor(account, actor)
  const send = { to: account.email, locale, recipient: 'confirmed', oneTime } as const
  return { ...send, template: 'sign-up-known', values }
}
