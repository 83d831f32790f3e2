import type { SigningBrowser } from '../../../model/sign-in/signing-browser.ts'
import type { Context } from '../../context.ts'
import { passkeyOptions } from '../../factors/passkey-options.ts'
import { countBeginning } from './count-try.ts'
import { pendingOf } from './pending.ts'

/**
 * Begins the passkey of a sign-in that this browser has begun.
 * @returns the options of `navigator.credentials.get`.
 */
export async function secondFactorOptions(
  context: Context,
  from: SigningBrowser,
): Promise<Record<string, unknown>> {
  const pending = await pendingOf(context, from)
  const { account, attempt } = pending
  await context.database.transact((moment) => countBeginning(moment, pending))
  const subject = { subject_id: attempt.id, purpose: 'second-factor' } as const
  return passkeyOptions(context, { subject, accountId: account.id })
}
