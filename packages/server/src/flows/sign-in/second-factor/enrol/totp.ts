import { KeyhavenError } from '@keyhaven/core/errors'
import type { TotpEnrolment } from '@keyhaven/core/wire'
import type { Actor } from '../../../../events/happened.ts'
import type { SigningBrowser } from '../../../../model/sign-in/signing-browser.ts'
import { lockAccount } from '../../../../stores/accounts.ts'
import { factorsOf } from '../../../../stores/factors/factors.ts'
import type { Context } from '../../../context.ts'
import { countBeginning, countTry } from '../count-try.ts'
import { openEnrolled } from './open.ts'
import type { EnrolledSignIn } from './open.ts'
import { hasFactor, permitEnrolment, permittedEnrolment } from './permit.ts'
import type { Enrolling } from './permit.ts'
import { beginTotp } from '../../../factors/totp/begin.ts'
import { confirmTotp, wrongCode } from '../../../factors/totp/confirm.ts'

/** Begins to set up an authenticator app in a sign-in that needs one. */
export async function enrolTotpInSignIn(
  context: Context,
  enrolling: Enrolling,
  actor: Actor,
): Promise<TotpEnrolment> {
  const pending = await permitEnrolment(context, enrolling, actor)
  const { account: found } = pending
  return context.database.transact(async (moment) => {
    const account = await lockAccount(moment.db, found.id)
    if (account?.credential_version !== found.credential_version) {
      throw new KeyhavenError('attempt_over')
    }
    if ((await factorsOf(moment.db, account.id)).length > 0) throw hasFactor()
    await countBeginning(moment, pending)
    return beginTotp(context, moment, { account, sessionId: null })
  })
}

/** The enrolment, the first code of the app, and the browser that signs in. */
export interface TotpInSignIn {
  readonly id: string
  readonly code: string
  readonly from: SigningBrowser
}

/**
 * Confirms that app, which completes the sign-in.
 * @throws KeyhavenError `invalid_credentials` for a wrong code; `attempt_over` after five; `not_found`.
 */
export async function confirmTotpInSignIn(
  context: Context,
  { id, code, from }: TotpInSignIn,
  actor: Actor,
): Promise<EnrolledSignIn> {
  const pending = await permittedEnrolment(context, from)
  await countTry(context, pending)
  return openEnrolled(
    context,
    {
      pending,
      from,
      enrol: async (moment, account) => {
        const made = await confirmTotp(context, moment, { account, id, code })
        // The attempt has counted it: without a factor no session is opened
        if (made === undefined) throw wrongCode()
        return { id, kind: 'totp', ...made }
      },
    },
    actor,
  )
}
