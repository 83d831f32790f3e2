import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../../../events/happened.ts'
import type { PasskeyResponse } from '../../../../model/sign-in/factor-proof.ts'
import type { SigningBrowser } from '../../../../model/sign-in/signing-browser.ts'
import { lockAccount } from '../../../../stores/accounts.ts'
import type { ChallengeSubject } from '../../../../stores/factors/challenges.ts'
import type { Context } from '../../../context.ts'
import { countBeginning, countTry } from '../count-try.ts'
import type { Pending } from '../pending.ts'
import { openEnrolled } from './open.ts'
import type { EnrolledSignIn } from './open.ts'
import { permitEnrolment, permittedEnrolment } from './permit.ts'
import type { Enrolling } from './permit.ts'
import { creationOptions } from '../../../factors/passkeys/creation-options.ts'

/** The challenge of a registration belongs to the attempt. */
const subjectOf = ({ attempt }: Pending): ChallengeSubject => ({
  subject_id: attempt.id,
  purpose: 'registration',
})

/**
 * Begins to add a passkey in a sign-in that needs a second factor.
 * @returns the options of `navigator.credentials.create`.
 */
export async function enrolPasskeyInSignIn(
  context: Context,
  enrolling: Enrolling,
  actor: Actor,
): Promise<Record<string, unknown>> {
  const pending = await permitEnrolment(context, enrolling, actor)
  return context.database.transact(async (moment) => {
    const account = await lockAccount(moment.db, pending.account.id)
    if (account?.credential_version !== pending.account.credential_version) {
      throw new KeyhavenError('attempt_over')
    }
    await countBeginning(moment, pending)
    return creationOptions(context, moment, { account, subject: subjectOf(pending) })
  })
}

/** A new passkey, its name, and the browser that signs in. */
export interface PasskeyInSignIn {
  readonly response: PasskeyResponse
  readonly name: string | null
  readonly from: SigningBrowser
}

/**
 * Adds that passkey, which completes the sign-in.
 * @throws KeyhavenError `invalid_credentials` for a wrong one; `attempt_over` after five; `conflict` if it
 * is in use.
 */
export async function addPasskeyInSignIn(
  context: Context,
  { response, name, from }: PasskeyInSignIn,
  actor: Actor,
): Promise<EnrolledSignIn> {
  const pending = await permittedEnrolment(context, from)
  const { checkRegistration } = await import('../../../factors/passkeys/verify.ts')
  await countTry(context, pending)
  const checked = await checkRegistration(context, { response, subject: subjectOf(pending) })
  return openEnrolled(
    context,
    {
      pending,
      from,
      enrol: async (moment, account) => {
        const { factor, recoveryCodes } = await checked.add(moment, {
          account,
          name,
          sessionId: null,
        })
        return { id: factor.id, kind: 'passkey', recoveryCodes }
      },
    },
    actor,
  )
}
