import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../../events/happened.ts'
import type { Actor } from '../../../events/happened.ts'
import { RefusedWithCookie } from '../../../model/sign-in/refused-with-cookie.ts'
import type { SigningBrowser } from '../../../model/sign-in/signing-browser.ts'
import { lockAccount } from '../../../stores/accounts.ts'
import type { Account } from '../../../stores/accounts.ts'
import type { Link } from '../../../stores/links.ts'
import { causeOf } from '../../../telemetry/failure-log.ts'
import { browserWith } from '../../attempts/browser.ts'
import { completeAttempt } from '../../attempts/complete.ts'
import type { CompletedAttempt } from '../../attempts/complete.ts'
import type { Context } from '../../context.ts'
import { proveLink } from '../../links/prove.ts'
import type { LinkProof } from '../../links/prove.ts'
import { useLink } from '../../links/use.ts'
import { attemptAt } from '../../passwords/limit-attempts.ts'
import { finishSignIn } from '../finish.ts'
import type { CompletedSignIn } from '../second-factor/complete.ts'

/** The token or the code of a mail, and the browser that sends it. */
export interface MailSignIn {
  readonly proof: LinkProof
  readonly from: SigningBrowser
}

/**
 * Signs in by a mail, in the browser that requested it only. The mail never counts as one of two
 * factors: if one is due, it is asked for (H3). It ends the counts of wrong proofs in a row (H15).
 * @throws KeyhavenError `link_invalid`, `link_expired`, `link_elsewhere`, and what `finishSignIn` throws.
 */
export async function confirmMailSignIn(
  context: Context,
  { proof, from }: MailSignIn,
  actor: Actor,
): Promise<CompletedSignIn> {
  const { account, completed } = await useMail(context, { proof, from }, actor)
  await forgetWrongProofs(context, account)
  const left = completed.cookie === undefined ? [] : [completed.cookie.value]
  const within = async (): Promise<void> => {}
  try {
    const next = { ...from, flowCookies: left }
    const { opened } = await finishSignIn(
      context,
      { account, methods: ['mail'], from: next, within },
      actor,
    )
    return { signedIn: opened, completed }
  } catch (error) {
    throw withCookie(error, completed)
  }
}

/** Ends the counts of wrong proofs in a row. A failure throws nothing: the mail is used up. */
async function forgetWrongProofs(context: Context, account: Account): Promise<void> {
  const { limits, log } = context.tools
  try {
    await limits.provedByMail(attemptAt(context, account, { address: undefined }))
  } catch (error) {
    log.warn({ ...causeOf(error), account: account.id }, 'wrong proofs of identity still count')
  }
}

interface UsedMail {
  readonly account: Account
  readonly completed: CompletedAttempt
}

/** Uses a link or a code up, and ends its attempt. Of two uses at once exactly one succeeds. */
async function useMail(
  context: Pick<Context, 'database' | 'keys'>,
  { proof, from: { flowCookies = [] } }: MailSignIn,
  actor: Actor,
): Promise<UsedMail> {
  const { database } = context
  const begun = await database.read((moment) => browserWith(moment, flowCookies, 'mail'))
  const browser = { attempts: begun === undefined ? [] : [begun.attempt] }
  const link = await proveLink(context, { purpose: 'sign-in', proof, browser })
  if (begun?.attempt.id !== link.attempt_id) throw new KeyhavenError('link_elsewhere')
  return database.transact(async (moment) => {
    const account = await lockAccount(moment.db, link.account_id ?? '')
    await useLink(moment, link)
    if (account === undefined || !isOf(link, account)) throw new KeyhavenError('link_invalid')
    const completed = await completeAttempt(moment, begun.browser, begun.attempt.id)
    if (completed === undefined) throw new KeyhavenError('link_invalid')
    await happened(moment, 'sign_in.mail_proved', { actor, account: account.id })
    return { account, completed }
  })
}

/** Whether an account is as it was when the link was made. */
function isOf(link: Link, account: Account): boolean {
  const { email_key, email_verified, credential_version } = account
  return (
    email_verified === 1 &&
    email_key === link.email_key &&
    credential_version === link.credential_version
  )
}

/** A refusal after which the browser keeps what it has begun besides. */
function withCookie(error: unknown, { cookie }: CompletedAttempt): unknown {
  if (cookie === undefined || error instanceof RefusedWithCookie) return error
  if (!(error instanceof KeyhavenError)) return error
  return new RefusedWithCookie(error.code, error.details, cookie)
}
