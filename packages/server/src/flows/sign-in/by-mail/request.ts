import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../../database/database.ts'
import type { Locked } from '../../../database/locked.ts'
import { happened } from '../../../events/happened.ts'
import type { Actor } from '../../../events/happened.ts'
import { localeFor } from '../../../events/locale-for.ts'
import { trimmedLogin } from '../../../model/canonical-login.ts'
import { pageLink } from '../../../model/page-link.ts'
import type { FlowCookie } from '../../../model/sign-in/flow-cookie.ts'
import { unknownLogin } from '../../../model/unknown-login.ts'
import { findAccountByLogin } from '../../../stores/accounts.ts'
import type { Account } from '../../../stores/accounts.ts'
import { beginAttempt } from '../../attempts/begin.ts'
import { browserOf } from '../../attempts/browser.ts'
import type { Context, ContextPart } from '../../context.ts'
import { deviceBrowser, deviceOf } from '../../devices/browser.ts'
import { blankMail } from '../../links/blank-mail.ts'
import { isPaused } from '../../links/mail-reset.ts'
import { issueLink } from '../../links/issue.ts'
import { attemptAt } from '../../passwords/limit-attempts.ts'
import { requireAddress } from '../../links/mail-request.ts'
import type { MailRequest } from '../../links/mail-request.ts'

/** A request for a link to sign in. */
export interface MailSignInRequest extends MailRequest {
  /** Of a browser that the account may know, which has a share of the mails of its own (H13). */
  readonly deviceCookies: readonly string[]
}

type Needs = Pick<Context, 'database' | 'keys' | 'settings'> &
  ContextPart<'tools', 'limits' | 'mail'>

/**
 * Mails a link and a code with which the owner of a confirmed address signs in. If sign-in by mail is
 * off, an account gets a mail only while wrong proofs in a row keep its owner out (H15). Every other
 * address costs the same work and gets no mail (H57).
 * @throws KeyhavenError `rate_limited` for the network; `not_found` if the service sends no mail.
 */
export async function requestMailSignIn(
  context: Needs,
  { email, flowCookies, deviceCookies }: MailSignInRequest,
  actor: Actor,
): Promise<FlowCookie> {
  const { database, settings, tools } = context
  if (!tools.mail.isQueued) throw new KeyhavenError('not_found')
  const email_key = requireAddress(email)
  const { named, knownDevice } = await database.read(async (moment) => {
    const account = await findAccountByLogin(moment.db, email_key)
    const browser = await deviceBrowser(moment, deviceCookies)
    return { named: account, knownDevice: deviceOf(browser, account?.id) !== undefined }
  })
  const counted = { kind: 'sign-in', recipient: email_key, knownDevice } as const
  const mayMail = await tools.limits.countMail({ ...counted, address: actor.address })
  const attempts = attemptAt(context, named ?? email_key, { address: undefined })
  const isOffered = settings.mail.signIn || (await tools.limits.needsMail(attempts))
  return database.transact(async (moment) => {
    const account = await findAccountByLogin(moment.db, email_key)
    const browser = await browserOf(moment, flowCookies)
    const { attempt, cookie } = await beginAttempt(moment, browser, { purpose: 'mail' })
    const to = account?.email ?? trimmedLogin(email)
    const mail = { email: to, email_key, account, attempt, knownDevice, actor }
    await mailLink(context, moment, { ...mail, mayMail: mayMail && isOffered })
    return cookie
  })
}

interface SignInMail {
  /** As it is on record (H43). */
  readonly email: string
  readonly email_key: string
  readonly account: Account | undefined
  readonly attempt: Locked<{ readonly id: string }>
  readonly mayMail: boolean
  readonly knownDevice: boolean
  readonly actor: Actor
}

async function mailLink(
  { keys, settings }: Pick<Context, 'keys' | 'settings'>,
  moment: Moment,
  { account, mayMail, knownDevice, actor, ...request }: SignInMail,
): Promise<void> {
  const isUsable = account && canSignInByMail(account) && !isPaused(account, moment)
  const usable = isUsable ? account : undefined
  const sent = mayMail && usable !== undefined
  const link = await issueLink({ keys }, moment, {
    ...request,
    purpose: 'sign-in',
    account: usable,
    sent,
  })
  const event = { actor, account: account?.id }
  if (usable !== undefined && link !== undefined) {
    const mail = {
      template: 'sign-in-link',
      to: usable.email,
      locale: localeFor(usable, actor),
      recipient: knownDevice ? 'known-device' : 'confirmed',
      values: { link: pageLink(settings, 'sign-in', link.token), code: link.code },
      oneTime: link,
    } as const
    await happened(moment, 'sign_in.mail_requested', { ...event, mail })
    return
  }
  const details = account === undefined ? unknownLogin({ keys }, request.email_key) : undefined
  const mail = blankMail(request.email)
  await happened(moment, 'sign_in.mail_ignored', { ...event, details, mail })
}

/**
 * Whether an account can be signed in to by mail. The owner of an address that is not confirmed
 * resets the password: the account may be another person's until then.
 */
export function canSignInByMail({
  status,
  email_verified,
}: Pick<Account, 'status' | 'email_verified'>): boolean {
  return status === 'active' && email_verified === 1
}
