import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import { localeFor } from '../../events/locale-for.ts'
import type { Actor } from '../../events/happened.ts'
import { happened } from '../../events/happened.ts'
import { pageLink } from '../../model/page-link.ts'
import { unknownLogin } from '../../model/unknown-login.ts'
import { deleteAttempts, holderOf, isHeld } from '../../stores/attempts.ts'
import { findAccountByLogin } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { isReserved } from '../../stores/reserved-addresses.ts'
import { beginAttempt } from '../attempts/begin.ts'
import { browserOf } from '../attempts/browser.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'
import type { Context } from '../context.ts'
import { blankMail } from '../links/blank-mail.ts'
import { issueLink } from '../links/issue.ts'
import { knownMail } from '../links/known-mail.ts'
import { prepareSignUp } from './prepare-sign-up.ts'
import type { SignUp } from './sign-up.ts'

/** What a new user provides, and the flow cookies of their browser. */
export interface BeginningSignUp extends Omit<SignUp, 'from'> {
  readonly flowCookies: readonly string[]
}

/**
 * Begins a sign-up whose address must be confirmed. Until then it is an attempt of this browser and
 * no account (H11). A known address gets another mail, and the same answer for the same work.
 * @throws KeyhavenError `conflict` if the user name is taken or held: user names are public.
 */
export async function beginSignUp(
  context: Context,
  { flowCookies, ...input }: BeginningSignUp,
  actor: Actor,
): Promise<FlowCookie> {
  const { prepared, counted, mayMail } = await prepareSignUp(context, input, actor)
  const { email, email_key, username, username_key, name, profile } = prepared.account
  const signUp = { email, username, name, profile, passwordHash: prepared.account.password_hash }
  const { settings, database } = context
  return database
    .transact(async (moment) => {
      const { db } = moment
      const browser = await browserOf(moment, flowCookies)
      if (username_key !== null) await requireFree(moment, username_key, browser.sha256)
      const known = await findAccountByLogin(db, email_key)
      const isKept = await isReserved(moment, { email_key })
      const keys = { email: email_key, username: username_key }
      const beginning = { purpose: 'sign-up', keys, signUp } as const
      const { attempt, cookie } = await beginAttempt(moment, browser, beginning)
      // Its address is not confirmed: the person who proves the address gets it
      const account = known?.status === 'unverified' ? known : undefined
      const link = await issueLink(context, moment, {
        purpose: 'verify',
        email: account?.email ?? email,
        email_key,
        account,
        attempt,
        sent: mayMail && (known === undefined ? !isKept : !isSilent(known)),
      })
      const event = { actor, account: known?.id }
      const details = known === undefined ? unknownLogin(context, email_key) : undefined
      const to = known?.email ?? email
      if (link === undefined) {
        await happened(moment, 'sign_up.ignored', { ...event, details, mail: blankMail(to) })
      } else if (known?.status === 'active') {
        const mail = knownMail(settings, known, { actor, oneTime: link })
        await happened(moment, 'sign_up.known', { ...event, mail })
      } else {
        const values = { link: pageLink(settings, 'verify', link.token), code: link.code }
        const locale = localeFor(known, actor)
        const mail = { template: 'confirm', to, locale, values, oneTime: link } as const
        await happened(moment, 'sign_up.requested', { ...event, details, mail })
      }
      return cookie
    })
    .catch(async (error: unknown) => {
      if (error instanceof KeyhavenError && error.code === 'conflict') await counted.taken()
      throw error
    })
}

/** Whether an account gets no mails of this kind (H39). */
function isSilent(account: Account | undefined): boolean {
  return account?.status === 'locked' || account?.status === 'disabled'
}

/** Requires that no account has a user name, and that no other browser's sign-up holds it. */
async function requireFree(moment: Moment, key: string, browser: string): Promise<void> {
  const { db } = moment
  const holder = await holderOf(db, key)
  const isOthers = holder !== undefined && holder.browser_sha256 !== browser
  if (
    (await findAccountByLogin(db, key)) !== undefined ||
    (isOthers && (await isHeld(moment, key)))
  ) {
    throw new KeyhavenError('conflict', { detail: 'This user name is taken: choose another.' })
  }
  // One that has expired holds nothing
  if (isOthers) await deleteAttempts(db, [holder])
}
