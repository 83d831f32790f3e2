import { KeyhavenError } from '@keyhaven/core/errors'
import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { happened } from '../../events/happened.ts'
import type { Actor } from '../../events/happened.ts'
import { localeFor } from '../../events/locale-for.ts'
import type { NewMail } from '../../mail/templates.ts'
import type { LiveSession } from '../../model/access-claims.ts'
import { hasFactor } from '../../model/sign-in/amr.ts'
import { pageLink } from '../../model/page-link.ts'
import { isTaken } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { deleteLinksOfAccount, oldestUndo } from '../../stores/links.ts'
import { browserOf } from '../attempts/browser.ts'
import { completeAttempt } from '../attempts/complete.ts'
import type { CompletedAttempt } from '../attempts/complete.ts'
import type { Context } from '../context.ts'
import { issueLink } from '../links/issue.ts'
import { proveLink } from '../links/prove.ts'
import type { LinkProof } from '../links/prove.ts'
import { useLink } from '../links/use.ts'
import { lockLiveSession } from '../sessions/lock-live.ts'
import { replaceAddress, takenByOther } from './replace-address.ts'

/** The token or the code of a mail, and the session of the browser, if it has one. */
export interface EmailChangeConfirmation {
  readonly proof: LinkProof
  readonly live: LiveSession | undefined
  readonly flowCookies: readonly string[]
}

/** The address that counts now. */
export interface ConfirmedChange {
  readonly email: string
  readonly completed: CompletedAttempt | undefined
}

type Needs = Pick<Context, 'database' | 'keys' | 'settings'>

/**
 * Confirms the new address of an account, in a session of that account (H14). Sessions and password
 * stay. The former address gets a link that brings it back, and is reserved as long as the link is
 * valid, if it was confirmed: otherwise it may be a stranger's. An address that the account can bring
 * back undoes what came after it, as its link would: the one that it leaves gets no link (H4).
 * @throws KeyhavenError `link_invalid`, `link_expired`, `link_elsewhere`, `conflict`.
 */
export async function confirmEmailChange(
  context: Needs,
  { proof, live, flowCookies }: EmailChangeConfirmation,
  actor: Actor,
): Promise<ConfirmedChange> {
  const browser = await context.database.read((moment) => browserOf(moment, flowCookies))
  const link = await proveLink(context, { purpose: 'email-change', proof, browser })
  if (live === undefined || live.account.id !== link.account_id) {
    throw new KeyhavenError('link_elsewhere')
  }
  const { email, email_key, credential_version, attempt_id } = link
  return context.database.transact(async (moment) => {
    const { account, session: held } = await lockLiveSession(moment, live)
    await useLink(moment, link)
    if (account.credential_version !== credential_version) throw new KeyhavenError('link_invalid')
    // Two accounts may have been mailed for it
    if (await isTaken(moment, { email: email_key, username: null }, account.id)) {
      throw new KeyhavenError('conflict', takenByOther)
    }
    await replaceAddress(moment, account, { email, email_key, email_verified: 1 })
    const since = await oldestUndo(moment, account, email_key)
    if (since !== undefined) {
      await deleteLinksOfAccount(moment.db, account, { purposes: ['email-undo'], since })
    }
    const isUndoable = account.email_verified === 1 && since === undefined
    const byFactor = hasFactor(JSON.parse(held.amr) as string[])
    const mail = await noticeFor(context, moment, { account, isUndoable, byFactor, actor })
    const { id: session } = live.session
    await happened(moment, 'email.changed', { actor, account: account.id, session, mail })
    return { email, completed: await completeAttempt(moment, browser, attempt_id) }
  })
}

interface Former {
  /** With its former address. */
  readonly account: Locked<Account>
  readonly isUndoable: boolean
  /** Whether a second factor was proved in the session that confirms. */
  readonly byFactor: boolean
  readonly actor: Actor
}

async function noticeFor(
  context: Needs,
  moment: Moment,
  { account, isUndoable, byFactor, actor }: Former,
): Promise<NewMail<'email-undo' | 'email-changed'>> {
  const { email, email_key } = account
  const send = { to: email, locale: localeFor(account, actor) }
  const at = moment.now
  const undo = isUndoable
    ? await issueLink(context, moment, {
        purpose: 'email-undo',
        email,
        email_key,
        account,
        attempt: undefined,
        sent: true,
        ...(byFactor && { about: JSON.stringify({ factor: true }) }),
      })
    : undefined
  if (undo === undefined) return { ...send, template: 'email-changed', values: { at } }
  const link = pageLink(context.settings, 'email-change-undo', undo.token)
  return { ...send, template: 'email-undo', values: { at, link }, oneTime: undo }
}
