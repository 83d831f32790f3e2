import type { Actor } from '../../events/happened.ts'
import { trimmedLogin } from '../../model/canonical-login.ts'
import type { FlowCookie } from '../../model/flow-cookie.ts'
import { findAccountByLogin } from '../../stores/accounts.ts'
import { beginAttempt } from '../attempts/begin.ts'
import { browserOf } from '../attempts/browser.ts'
import type { Context, ContextPart } from '../context.ts'
import { mailReset } from '../links/mail-reset.ts'
import { requireAddress } from './mail-request.ts'
import type { MailRequest } from './mail-request.ts'

type Needs = Pick<Context, 'database' | 'keys' | 'settings'> & ContextPart<'tools', 'limits'>

/**
 * Mails a link with which the owner of an address sets another password. An address without an
 * account, and one whose account is locked or disabled (H39), costs the same work and gets no mail
 * (H57).
 * @throws KeyhavenError `rate_limited` for the network.
 */
export async function requestReset(
  context: Needs,
  { email, flowCookies }: MailRequest,
  actor: Actor,
): Promise<FlowCookie> {
  const { database, tools } = context
  const email_key = requireAddress(email)
  const mayMail = await tools.limits.countMail({
    kind: 'reset',
    recipient: email_key,
    address: actor.address,
  })
  return database.transact(async (moment) => {
    const account = await findAccountByLogin(moment.db, email_key)
    const browser = await browserOf(moment, flowCookies)
    const { attempt, cookie } = await beginAttempt(moment, browser, { purpose: 'reset' })
    const address = { email: account?.email ?? trimmedLogin(email), email_key }
    await mailReset(context, moment, { ...address, account, attempt, mayMail, actor })
    return cookie
  })
}
