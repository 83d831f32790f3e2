import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { trimmedLogin } from '../../model/canonical-login.ts'
import { unknownLogin } from '../../model/unknown-login.ts'
import { findAccountByLogin } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { beginAttempt } from '../attempts/begin.ts'
import { browserOf } from '../attempts/browser.ts'
import type { FlowCookie } from '../../model/flow-cookie.ts'
import type { Context, ContextPart } from '../context.ts'
import { issueLink } from '../links/issue.ts'
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
  const mayMail = await tools.limits.countMail({ recipient: email_key, address: actor.address })
  return database.transact(async (moment) => {
    const found = await findAccountByLogin(moment.db, email_key)
    const account = found && canReset(found) ? found : undefined
    const browser = await browserOf(moment, flowCookies)
    const { attempt, cookie } = await beginAttempt(moment, browser, { purpose: 'reset' })
    const address = { email: account?.email ?? trimmedLogin(email), email_key }
    const link = await issueLink(context, moment, {
      purpose: 'reset',
      ...address,
      account,
      attempt,
    })
    const event = { actor, account: found?.id }
    if (mayMail && account !== undefined && link !== undefined) {
      await happened(moment, 'password.reset_requested', event)
    } else {
      const details = found === undefined ? unknownLogin(context, email_key) : undefined
      await happened(moment, 'password.reset_ignored', { ...event, details })
    }
    return cookie
  })
}

/** Whether an account can get another password by mail (H39). */
export function canReset({ status }: Pick<Account, 'status'>): boolean {
  return status === 'active' || status === 'unverified'
}
