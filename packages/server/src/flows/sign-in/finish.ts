import { KeyhavenError } from '@keyhaven/core/errors'
import { happened } from '../../events/happened.ts'
import type { Actor, EventDetails } from '../../events/happened.ts'
import type { Method } from '../../model/sign-in/amr.ts'
import { refuseUnlessActive } from '../../model/refuse-unless-active.ts'
import type { Account } from '../../stores/accounts.ts'
import { beginAttempt } from '../attempts/begin.ts'
import { browserOf } from '../attempts/browser.ts'
import type { Context } from '../context.ts'
import { mailReset } from '../links/mail-reset.ts'
import { openSignedIn } from './open-signed-in.ts'
import type { CompleteSignIn, OpenedSignIn } from './open-signed-in.ts'
import { beginSecondFactor } from './second-factor/begin.ts'
import { dueFactor } from './second-factor/due.ts'

/**
 * Ends every way in: refuses an account that can't be used, requires the second factor if one is due,
 * else opens a session (H3).
 * @throws KeyhavenError `second_factor_required`, which sets a flow cookie; `account_locked`,
 * `email_unverified`, `password_change_required`.
 */
export async function finishSignIn<T>(
  context: Context,
  proved: CompleteSignIn<T>,
  actor: Actor,
): Promise<OpenedSignIn<T>> {
  const { account, methods, from } = proved
  if (account.status !== 'active') {
    const reason = `right ${proofs(methods)}, account ${account.status}`
    await recordFailure(context, actor, { account: account.id, reason })
  }
  refuseUnlessActive(account)
  if (account.must_reset === 1) {
    const reason = 'the password must be changed'
    await recordFailure(context, actor, { account: account.id, reason })
    await mailLink(context, { account, flowCookies: from.flowCookies ?? [] }, actor)
    throw new KeyhavenError('password_change_required')
  }
  const due = await context.database.read((moment) =>
    dueFactor(context, moment, { accountId: account.id, methods }),
  )
  if (due !== undefined) throw await beginSecondFactor(context, { account, methods, from, due })
  return openSignedIn(context, proved, actor)
}

function proofs(methods: readonly Method[]): string {
  return methods.includes('pwd') ? 'password' : methods.includes('mail') ? 'link' : 'passkey'
}

/** Mails the link with which the owner sets another password, as they must. */
async function mailLink(
  context: Context,
  { account, flowCookies }: { readonly account: Account; readonly flowCookies: readonly string[] },
  actor: Actor,
): Promise<void> {
  const { email, email_key } = account
  const counted = { kind: 'reset', recipient: email_key, knownDevice: true } as const
  const mayMail = await context.tools.limits.countRecipient(counted)
  const mail = { email, email_key, account, mayMail, isRequired: true, knownDevice: true, actor }
  await context.database.transact(async (moment) => {
    const browser = await browserOf(moment, flowCookies)
    // A code belongs to a flow cookie, and this answer sets none
    const begun =
      browser.attempts.length === 0
        ? undefined
        : await beginAttempt(moment, browser, { purpose: 'reset' })
    await mailReset(context, moment, { ...mail, attempt: begun?.attempt })
  })
}

/** Records a sign-in that failed. */
export function recordFailure(
  { database }: Pick<Context, 'database'>,
  actor: Actor,
  what: EventDetails<'sign_in.failed'>,
): Promise<void> {
  return database.transact((moment) => happened(moment, 'sign_in.failed', { actor, ...what }))
}
