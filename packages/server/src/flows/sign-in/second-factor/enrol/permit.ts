import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../../../events/happened.ts'
import type { Actor } from '../../../../events/happened.ts'
import { localeFor } from '../../../../events/locale-for.ts'
import type { SigningBrowser } from '../../../../model/sign-in/signing-browser.ts'
import { lockAccount } from '../../../../stores/accounts.ts'
import { setAttemptAbout } from '../../../../stores/attempts.ts'
import type { Context } from '../../../context.ts'
import { issueLink } from '../../../links/issue.ts'
import { isPaused } from '../../../links/mail-reset.ts'
import { proveLink } from '../../../links/prove.ts'
import { useLink } from '../../../links/use.ts'
import { dueFactor } from '../due.ts'
import { pendingOf, provedIn } from '../pending.ts'
import type { Pending } from '../pending.ts'
import { countBeginning, lockSame } from '../count-try.ts'

/** A browser that sets up a factor in a sign-in, and the code that was mailed to its user. */
export interface Enrolling {
  readonly from: SigningBrowser
  readonly mailCode?: string | undefined
}

/**
 * The sign-in of this browser, if it may set up a factor: one is demanded, and the account has none. On a
 * device that the account does not know a mailed code is needed, because another person may know the
 * password (H16); a sign-in by mail has proved the same. The attempt remembers that it was right.
 * @throws KeyhavenError `mail_code_required`, after which a code is in the mail; `invalid_credentials` for
 * a wrong one; `factor_required` if none can be mailed; `attempt_over`; `conflict` if there is a factor.
 */
export async function permitEnrolment(
  context: Context,
  { from, mailCode }: Enrolling,
  actor: Actor,
): Promise<Pending> {
  const pending = await enrollingOf(context, from)
  if (isPermitted(pending)) return pending
  if (mailCode === undefined) throw await mailEnrolCode(context, pending, actor)
  await useMailCode(context, pending, mailCode)
  return pending
}

/** The same for what follows: it needs no other code. @throws KeyhavenError `mail_code_required`. */
export async function permittedEnrolment(
  context: Pick<Context, 'database' | 'settings'>,
  from: SigningBrowser,
): Promise<Pending> {
  const pending = await enrollingOf(context, from)
  if (!isPermitted(pending)) throw new KeyhavenError('mail_code_required')
  return pending
}

/** The refusal of an enrolment in a sign-in that needs a factor which the account has. */
export function hasFactor(): KeyhavenError {
  return new KeyhavenError('conflict', {
    detail: 'This account has a second factor. Use it to sign in.',
  })
}

function isPermitted({ device, proved }: Pending): boolean {
  const readsMail = proved.readsMail === true || proved.methods.includes('mail')
  return device !== undefined || readsMail
}

async function enrollingOf(
  context: Pick<Context, 'database' | 'settings'>,
  from: SigningBrowser,
): Promise<Pending> {
  const pending = await pendingOf(context, from)
  const { account, proved } = pending
  const due = await context.database.read((moment) =>
    dueFactor(context, moment, { accountId: account.id, methods: proved.methods }),
  )
  if (due === undefined) throw new KeyhavenError('attempt_over')
  if (due.enrol === undefined) throw hasFactor()
  return pending
}

/** Mails a code to the confirmed address of the account. @returns the refusal. */
async function mailEnrolCode(
  context: Context,
  pending: Pending,
  actor: Actor,
): Promise<KeyhavenError> {
  const { account } = pending
  const { limits, mail: mails } = context.tools
  if (!mails.isQueued || account.email_verified === 0) {
    return new KeyhavenError('factor_required', {
      detail:
        'A second factor must be set up, but this account does not know this browser, and no code can be mailed to it. Reset the password in this browser, then sign in again.',
    })
  }
  const { id, email, email_key } = account
  const mayMail = await limits.countRecipient({ kind: 'enrolment', recipient: email_key })
  await context.database.transact(async (moment) => {
    // First the account, as those who complete the attempt
    await lockAccount(moment.db, id)
    // Its mailbox may be another person's (H4)
    if (isPaused(account, moment)) {
      throw new KeyhavenError('factor_required', {
        detail:
          'A second factor must be set up, but this account is paused, so no code is mailed to it. Sign in in a browser that it knows, or turn to the support.',
      })
    }
    const attempt = await countBeginning(moment, pending)
    const link = await issueLink(context, moment, {
      purpose: 'enrol',
      email,
      email_key,
      account,
      attempt,
      sent: mayMail,
    })
    if (link === undefined) return
    const to = { to: email, locale: localeFor(account, actor), recipient: 'confirmed' } as const
    const values = { code: link.code }
    const mail = { ...to, template: 'enrol-code', values, oneTime: link } as const
    await happened(moment, 'factor.code_requested', { actor, account: id, mail })
  })
  return new KeyhavenError('mail_code_required')
}

async function useMailCode(context: Context, pending: Pending, code: string): Promise<void> {
  const { account, attempt: mine } = pending
  const browser = { attempts: [mine] }
  const link = await proveLink(context, { purpose: 'enrol', proof: { code }, browser }).catch(
    (error: unknown) => {
      throw asWrongCode(error)
    },
  )
  if (link.account_id !== account.id || link.credential_version !== account.credential_version) {
    throw wrongMailCode()
  }
  await context.database.transact(async (moment) => {
    const attempt = await lockSame(moment, pending)
    if (attempt === undefined) throw new KeyhavenError('attempt_over')
    await useLink(moment, link)
    const about = JSON.stringify({ ...provedIn(attempt), readsMail: true })
    await setAttemptAbout(moment.db, attempt, about)
  })
}

function asWrongCode(error: unknown): unknown {
  const isWrong =
    error instanceof KeyhavenError &&
    (error.code === 'link_invalid' || error.code === 'link_expired')
  return isWrong ? wrongMailCode() : error
}

function wrongMailCode(): KeyhavenError {
  return new KeyhavenError('invalid_credentials', {
    detail:
      'The code is not right, or no longer valid. Enter the one of the newest mail, or request another.',
  })
}
