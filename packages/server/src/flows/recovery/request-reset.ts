import type { Actor } from '../../events/happened.ts'
import { trimmedLogin } from '../../model/canonical-login.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'
import { findAccountByLogin } from '../../stores/accounts.ts'
import { beginAttempt } from '../attempts/begin.ts'
import { browserOf } from '../attempts/browser.ts'
import type { Context, ContextPart } from '../context.ts'
import { deviceBrowser, deviceOf } from '../devices/browser.ts'
import { mailReset } from '../links/mail-reset.ts'
import { requireAddress } from '../links/mail-request.ts'
import type { MailRequest } from '../links/mail-request.ts'

/** A request for a reset. */
export interface ResetRequest extends MailRequest {
  /** Of a browser that the account may know, which has a share of the mails of its own (H13). */
  readonly deviceCookies: readonly string[]
}

type Needs = Pick<Context, 'database' | 'keys' | 'settings'> & ContextPart<'tools', 'limits'>

/**
 * Mails a link with which the owner of an address sets another password. An address without an
 * account, and one whose account is locked or disabled (H39), costs the same work and gets no mail
 * (H57).
 * @throws KeyhavenError `rate_limited` for the network.
 */
export async function requestReset(
  context: Needs,
  { email, flowCookies, deviceCookies }: ResetRequest,
  actor: Actor,
): Promise<FlowCookie> {
  const { database, tools } = context
  const email_key = requireAddress(email)
  const knownDevice = await database.read(async (moment) => {
    const account = await findAccountByLogin(moment.db, email_key)
    return deviceOf(await deviceBrowser(moment, deviceCookies), account?.id) !== undefined
  })
  const mayMail = await tools.limits.countMail({
    kind: 'reset',
    recipient: email_key,
    address: actor.address,
    knownDevice,
  })
  return database.transact(async (moment) => {
    const account = await findAccountByLogin(moment.db, email_key)
    const browser = await browserOf(moment, flowCookies)
    const { attempt, cookie } = await beginAttempt(moment, browser, { purpose: 'reset' })
    const address = { email: account?.email ?? trimmedLogin(email), email_key }
    const mail = { ...address, account, attempt, mayMail, knownDevice, actor }
    await mailReset(context, moment, mail)
    return cookie
  })
}
