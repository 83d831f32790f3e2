import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import { pageLink } from '../../model/page-link.ts'
import type { Account } from '../../stores/accounts.ts'
import type { Context, ContextPart } from '../context.ts'
import { issueLink } from '../links/issue.ts'

/**
 * Whether a sign-in on a browser that the account does not know is mailed to its owner: not to an
 * address that was never confirmed, since its reader may be another person. At most as many mails
 * are sent as one recipient may get (H13).
 */
export async function mayReportDevice(
  {
    settings,
    tools: { mail, limits },
  }: Pick<Context, 'settings'> & ContextPart<'tools', 'mail' | 'limits'>,
  { email_key, email_verified }: Account,
  device: string | undefined,
): Promise<boolean> {
  if (!settings.mail.notices || !mail.isQueued || email_verified === 0) return false
  // It is forgotten while its password is checked, if at all
  if (device !== undefined) return true
  return limits.countRecipient({ kind: 'new-device', recipient: email_key })
}

/** A session that was opened on a browser which its account did not know. */
export interface NewDevice {
  readonly account: Locked<Account>
  readonly session: string
  readonly device: string
  /** The browser in words. */
  readonly words: string | undefined
  readonly actor: Actor
}

/** Mails a link that ends a session on a new device (H4). */
export async function reportDevice(
  { keys, settings }: Pick<Context, 'keys' | 'settings'>,
  moment: Moment,
  { account, session, device, words = '', actor }: NewDevice,
): Promise<void> {
  const event = { actor, account: account.id, session, details: { device } }
  const { email, email_key } = account
  const link = await issueLink({ keys }, moment, {
    purpose: 'deny',
    email,
    email_key,
    account,
    attempt: undefined,
    sent: true,
    about: JSON.stringify({ session, device }),
  })
  if (link === undefined) return
  await happened(moment, 'device.reported', {
    ...event,
    mail: {
      template: 'new-device',
      to: email,
      locale: localeFor(account, actor),
      recipient: 'confirmed',
      oneTime: link,
      values: {
        at: moment.now,
        browser: words,
        address: actor.address ?? '',
        link: pageLink(settings, 'deny', link.token),
      },
    },
  })
}
