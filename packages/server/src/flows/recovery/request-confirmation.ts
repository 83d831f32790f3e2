import { happened } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import type { Actor } from '../../events/happened.ts'
import type { Moment } from '../../database/database.ts'
import { trimmedLogin } from '../../model/canonical-login.ts'
import { pageLink } from '../../model/page-link.ts'
import { unknownLogin } from '../../model/unknown-login.ts'
import type { WaitingSignUp } from '../../model/sign-in/waiting-sign-up.ts'
import { findAccountByLogin } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { findSignUp, lockAttempt } from '../../stores/attempts.ts'
import type { BrowserAttempt } from '../../stores/attempts.ts'
import { isReserved } from '../../stores/reserved-addresses.ts'
import { beginAttempt, cookieFor } from '../attempts/begin.ts'
import { browserOf } from '../attempts/browser.ts'
import type { FlowBrowser } from '../attempts/browser.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'
import type { BegunAttempt } from '../attempts/begin.ts'
import type { Context, ContextPart } from '../context.ts'
import { blankMail } from '../links/blank-mail.ts'
import { issueLink } from '../links/issue.ts'
import { knownMail } from '../links/known-mail.ts'
import { requireAddress } from '../links/mail-request.ts'
import type { MailRequest } from '../links/mail-request.ts'

type Needs = Pick<Context, 'database' | 'keys' | 'settings'> & ContextPart<'tools', 'limits'>

/**
 * Mails the link that confirms an address again: of a sign-up, or of an account whose address is
 * not confirmed. Only the browser that signed up stays the one that did (H37). Every other address
 * costs the same work and gets no mail.
 * @throws KeyhavenError `rate_limited` for the network.
 */
export async function requestConfirmation(
  context: Needs,
  { email, flowCookies }: MailRequest,
  actor: Actor,
): Promise<FlowCookie> {
  const { database, settings, tools } = context
  const email_key = requireAddress(email)
  const mayMail = await tools.limits.countMail({
    kind: 'confirmation',
    recipient: email_key,
    address: actor.address,
  })
  return database.transact(async (moment) => {
    const found = await findAccountByLogin(moment.db, email_key)
    const account = found && isUnconfirmed(found) ? found : undefined
    const first = await findSignUp(moment, email_key)
    const isKept = await isReserved(moment, { email_key })
    const browser = await browserOf(moment, flowCookies)
    // No other browser decides how the address is written (H43)
    const { sign_up = null } = signUpOf(browser, email_key) ?? first ?? {}
    const signUp = sign_up === null ? undefined : (JSON.parse(sign_up) as WaitingSignUp)
    const { attempt, cookie } = await attemptFor(moment, browser, email_key)
    const isOpen = account !== undefined || (found === undefined && signUp !== undefined && !isKept)
    // Its browser has seen the answer of any other sign-up, and requests that mail again
    const known = found?.status === 'active' && !isOpen && signUp !== undefined ? found : undefined
    // To the address on record (H43)
    const to = found?.email ?? signUp?.email ?? trimmedLogin(email)
    const link = await issueLink(context, moment, {
      purpose: 'verify',
      email: to,
      email_key,
      account,
      attempt,
      sent: mayMail && (isOpen || known !== undefined),
    })
    const details = found === undefined ? unknownLogin(context, email_key) : undefined
    const event = { actor, account: found?.id, details }
    if (link !== undefined && isOpen) {
      const values = { link: pageLink(settings, 'verify', link.token), code: link.code }
      const send = { to, locale: localeFor(found, actor), oneTime: link }
      const mail = { ...send, template: 'confirm', values } as const
      await happened(moment, 'email.confirmation_requested', { ...event, mail })
    } else if (link !== undefined && known !== undefined) {
      const mail = knownMail(settings, known, { actor, oneTime: link })
      await happened(moment, 'sign_up.known', { ...event, mail })
    } else {
      await happened(moment, 'email.confirmation_ignored', { ...event, mail: blankMail(to) })
    }
    return cookie
  })
}

/** The sign-up of this browser for the address, or else a new attempt, which confirms no sign-up. */
async function attemptFor(
  moment: Moment,
  browser: FlowBrowser,
  emailKey: string,
): Promise<BegunAttempt> {
  const mine = signUpOf(browser, emailKey)
    ? await lockAttempt(moment.db, { browser: browser.sha256, purpose: 'sign-up' })
    : undefined
  if (mine === undefined) return beginAttempt(moment, browser, { purpose: 'verify' })
  return { attempt: mine, cookie: cookieFor(browser, mine.expires_at, moment.now) }
}

function signUpOf({ attempts }: FlowBrowser, emailKey: string): BrowserAttempt | undefined {
  return attempts.find(({ email_key }) => email_key === emailKey)
}

/** Whether the address of an account is not confirmed, and the account neither locked nor disabled. */
function isUnconfirmed({ status, email_verified }: Account): boolean {
  return status === 'unverified' || (status === 'active' && email_verified === 0)
}
