import type { Moment } from '../../database/database.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import type { NewMail } from '../../mail/templates.ts'
import type { FlowSettings } from '../../model/flow-settings.ts'
import { pageLink } from '../../model/page-link.ts'
import { unknownLogin } from '../../model/unknown-login.ts'
import type { Account } from '../../stores/accounts.ts'
import type { Context } from '../context.ts'
import { blankMail } from './blank-mail.ts'
import { issueLink } from './issue.ts'
import type { IssuedLink, LinkRequest } from './issue.ts'

/** A link that resets a password, and what decides whether it is mailed. */
export interface ResetMail extends Omit<LinkRequest, 'purpose' | 'account' | 'sent'> {
  /** The account that the address has. */
  readonly account: Account | undefined
  /** Whether its recipient may get another mail. */
  readonly mayMail: boolean
  /** Whether the password signs in no more: a right one was refused. */
  readonly isRequired?: boolean
  /** Whether the account knows the browser that requests it. */
  readonly knownDevice?: boolean
  readonly actor: Actor
}

/**
 * Mails a link that resets a password, to the address on record (H43). Without an account that may
 * be used (H39), for one whose resets are paused (H4), and beyond the limits, a blank mail is queued instead (H57).
 */
export async function mailReset(
  { keys, settings }: Pick<Context, 'keys' | 'settings'>,
  moment: Moment,
  { account, mayMail, isRequired = false, knownDevice = false, actor, ...request }: ResetMail,
): Promise<void> {
  const isUsable = account && canReset(account) && !isPaused(account, moment)
  const usable = isUsable ? account : undefined
  const link = await issueLink({ keys }, moment, {
    ...request,
    purpose: 'reset',
    account: usable,
    sent: mayMail && usable !== undefined,
  })
  const event = { actor, account: account?.id }
  if (usable !== undefined && link !== undefined) {
    const mail = mailOf(settings, usable, {
      link: { ...link, code: request.attempt === undefined ? '' : link.code },
      isRequired,
      knownDevice,
      actor,
    })
    await happened(moment, 'password.reset_requested', { ...event, mail })
    return
  }
  const details = account === undefined ? unknownLogin({ keys }, request.email_key) : undefined
  const mail = blankMail(request.email)
  await happened(moment, 'password.reset_ignored', { ...event, details, mail })
}

interface Content {
  readonly link: IssuedLink
  readonly isRequired: boolean
  readonly knownDevice: boolean
  readonly actor: Actor
}

function mailOf(
  settings: Pick<FlowSettings, 'mail'>,
  account: Account,
  { link: oneTime, isRequired, knownDevice, actor }: Content,
): NewMail<'reset' | 'reset-required'> {
  const { token, code } = oneTime
  const link = pageLink(settings, 'reset', token)
  const confirmed = knownDevice ? 'known-device' : 'confirmed'
  const recipient = account.email_verified === 1 ? confirmed : 'unconfirmed'
  const send = { to: account.email, locale: localeFor(account, actor), recipient, oneTime } as const
  const template = isRequired ? 'reset-required' : 'reset'
  return { ...send, template, values: { link, code } }
}

/** Whether an account can get another password by mail (H39). */
export function canReset({ status }: Pick<Account, 'status'>): boolean {
  return status === 'active' || status === 'unverified'
}

/** Whether a link that denied or undid something has paused the mails of an account (H4). */
export function isPaused(
  { resets_paused_until: until }: Pick<Account, 'resets_paused_until'>,
  { now }: Pick<Moment, 'now'>,
): boolean {
  return until !== null && until > now
}
