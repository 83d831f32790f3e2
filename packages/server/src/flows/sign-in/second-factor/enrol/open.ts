import { KeyhavenError } from '@keyhaven/core/errors'
import type { FactorKind } from '@keyhaven/core/wire'
import type { Locked } from '../../../../database/locked.ts'
import type { Actor } from '../../../../events/happened.ts'
import type { SigningBrowser } from '../../../../model/sign-in/signing-browser.ts'
import type { Account } from '../../../../stores/accounts.ts'
import { factorsOf } from '../../../../stores/factors/factors.ts'
import { completeAttempt } from '../../../attempts/complete.ts'
import type { Context } from '../../../context.ts'
import { factorChanged } from '../../../factors/changed.ts'
import type { RevokingMoment } from '../../../revocation/revoking.ts'
import { openSignedIn } from '../../open-signed-in.ts'
import type { CompletedSignIn } from '../complete.ts'
import type { Pending } from '../pending.ts'
import { hasFactor } from './permit.ts'

/** A completed sign-in, with the recovery codes of the first factor. */
export interface EnrolledSignIn extends CompletedSignIn {
  readonly recoveryCodes: readonly string[]
}

/** A factor that was set up, and the codes that came with it. */
export interface NewFactor {
  readonly id: string
  readonly kind: FactorKind
  readonly recoveryCodes: readonly string[] | undefined
}

/** A sign-in that a new factor completes, and what makes it one. */
export interface EnrolledCompletion {
  readonly pending: Pending
  readonly from: SigningBrowser
  /** Makes it a factor of the locked account. */
  readonly enrol: (moment: RevokingMoment, account: Locked<Account>) => Promise<NewFactor>
}

/**
 * Makes the factor, and opens the session of the sign-in in the same transaction. The factor proves
 * nothing: the session is as fresh as the proof with which the sign-in began.
 * @throws KeyhavenError `attempt_over`, `conflict` if another sign-in has set up a factor meanwhile.
 */
export async function openEnrolled(
  context: Context,
  { pending, from, enrol }: EnrolledCompletion,
  actor: Actor,
): Promise<EnrolledSignIn> {
  const { account, attempt, browser, proved } = pending
  const { methods, device, remember } = proved
  const { opened, result } = await openSignedIn(
    context,
    {
      account,
      methods,
      from: { ...from, device, remember },
      provedAt: attempt.created_at,
      hasEnrolled: true,
      within: async (moment, locked) => {
        const completed = await completeAttempt(moment, browser, attempt.id)
        if (completed === undefined) throw new KeyhavenError('attempt_over')
        if ((await factorsOf(moment.db, locked.id)).length > 0) throw hasFactor()
        const { id, kind, recoveryCodes = [] } = await enrol(moment, locked)
        await factorChanged(context, moment, {
          event: 'factor.added',
          actor,
          account: locked,
          session: undefined,
          factor: { id, kind },
          recoveryCodes: recoveryCodes.length,
        })
        return { completed, recoveryCodes }
      },
    },
    actor,
  )
  context.tools.metrics.passwords.signIns.add({ outcome: 'signed_in' })
  return { signedIn: opened, ...result }
}
