import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { trimmedLogin } from '../../model/canonical-login.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'
import { pageLink } from '../../model/page-link.ts'
import { unknownLogin } from '../../model/unknown-login.ts'
import { findAccountByLogin } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { isReserved } from '../../stores/reserved-addresses.ts'
import { beginAttempt } from '../attempts/begin.ts'
import { browserOf } from '../attempts/browser.ts'
import type { Context, ContextPart } from '../context.ts'
import { blankMail } from '../links/blank-mail.ts'
import { issueLink } from '../links/issue.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { requireAddress } from '../links/mail-request.ts'
import { replaceAddress, takenByOther } from './replace-address.ts'

/** The session that requests another address, and the address as it was typed. */
export interface EmailChangeRequest {
  readonly live: LiveSession
  readonly email: string
  readonly flowCookies: readonly string[]
}

type Needs = Pick<Context, 'database' | 'keys' | 'settings'> & ContextPart<'tools', 'limits'>

/**
 * Mails a link and a code to the new address of an account, which counts once it is confirmed. The
 * address of another account costs the same work and gets the same answer; its owner is mailed. An
 * installation that sends no mail can confirm nothing, so the address counts at once, unconfirmed.
 * @returns the cookie of the browser; `undefined` if the address counts at once.
 * @throws KeyhavenError `rate_limited` for the account and the network; `conflict` if the address is
 * taken and no mail is sent.
 */
export async function requestEmailChange(
  context: Needs,
  { live, email, flowCookies }: EmailChangeRequest,
  actor: Actor,
): Promise<FlowCookie | undefined> {
  const email_key = requireAddress(email)
  const { limits } = context.tools
  const { id } = live.account
  const counted = { account: id, recipient: email_key, address: actor.address }
  const mayMail = await limits.countEmailChange(counted)
  return context.database.transact(async (moment) => {
    const { account } = await lockLiveSession(moment, live)
    const owner = await findAccountByLogin(moment.db, email_key)
    const isKept = await isReserved(moment, { email_key, account: id })
    const wanted = { email: trimmedLogin(email), email_key, owner, isKept }
    if (moment.sealMail === 'none') {
      await countAtOnce(moment, { account, wanted, actor })
      return undefined
    }
    const browser = await browserOf(moment, flowCookies)
    const { attempt, cookie } = await beginAttempt(moment, browser, { purpose: 'email-change' })
    const link = await issueLink(context, moment, {
      purpose: 'email-change',
      email: wanted.email,
      email_key,
      account,
      attempt,
      sent: mayMail && isMailed(id, wanted),
    })
    const details = unknownLogin(context, email_key)
    if (link === undefined) {
      const mail = blankMail(wanted.email)
      await happened(moment, 'email.change_ignored', { actor, account: id, details, mail })
    } else if (owner === undefined) {
      const values = {
        link: pageLink(context.settings, 'email-change', link.token),
        code: link.code,
      }
      const locale = localeFor(account, actor)
      const mail = {
        template: 'email-change',
        to: wanted.email,
        locale,
        values,
        oneTime: link,
      } as const
      await happened(moment, 'email.change_requested', { actor, account: id, details, mail })
    } else {
      const values = { link: pageLink(context.settings, 'sign-in') }
      const send = {
        to: owner.email,
        locale: localeFor(owner, actor),
        recipient: owner.email_verified === 1 ? 'confirmed' : 'unconfirmed',
      } as const
      const mail = { template: 'email-change-known', ...send, values, oneTime: link } as const
      await happened(moment, 'email.change_known', { actor, account: owner.id, mail })
    }
    return cookie
  })
}

/** The new address, and what stands in its way. */
interface Wanted {
  readonly email: string
  readonly email_key: string
  /** The account that has it. */
  readonly owner: Account | undefined
  /** Whether another account can still bring it back. */
  readonly isKept: boolean
}

/** Whether a mail is sent: to the new address, or to the owner of one that is taken (H39). */
function isMailed(account: string, { owner, isKept }: Wanted): boolean {
  if (owner === undefined) return !isKept
  return owner.id !== account && (owner.status === 'active' || owner.status === 'unverified')
}

interface ChangeAtOnce {
  readonly account: Locked<Account>
  readonly wanted: Wanted
  readonly actor: Actor
}

/** Changes an address that no mail can confirm. */
async function countAtOnce(
  moment: Moment,
  { account, wanted: { email, email_key, owner, isKept }, actor }: ChangeAtOnce,
): Promise<void> {
  if (owner?.id === account.id) return
  if (owner !== undefined || isKept) throw new KeyhavenError('conflict', takenByOther)
  await replaceAddress(moment, account, { email, email_key, email_verified: 0 })
  const mail = blankMail(account.email)
  await happened(moment, 'email.changed', { actor, account: account.id, mail })
}
