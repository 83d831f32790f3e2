import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../../events/happened.ts'
import type { FactorProof } from '../../../model/sign-in/factor-proof.ts'
import type { SigningBrowser } from '../../../model/sign-in/signing-browser.ts'
import { completeAttempt } from '../../attempts/complete.ts'
import type { CompletedAttempt } from '../../attempts/complete.ts'
import type { Context } from '../../context.ts'
import { proveFactor } from '../../factors/prove.ts'
import { useFactor } from '../../factors/use.ts'
import type { SignedIn } from '../../sessions/open.ts'
import { openSignedIn } from '../open-signed-in.ts'
import { pendingOf } from './pending.ts'
import type { Pending } from './pending.ts'
import { countTry, recordWrong } from './count-try.ts'

/** The second factor, and the browser whose sign-in it completes. */
export interface SecondFactor {
  readonly proof: FactorProof
  readonly from: SigningBrowser
}

/** A completed sign-in, and the flow cookie that is left. */
export interface CompletedSignIn {
  readonly signedIn: SignedIn
  readonly completed: CompletedAttempt | undefined
}

/**
 * Completes a sign-in that this browser has begun.
 * @throws KeyhavenError `invalid_credentials` for a wrong factor; `attempt_over` after five, and if the
 * attempt has expired, was used, belongs to another browser, or the account has changed; `rate_limited`.
 */
export async function completeSecondFactor(
  context: Context,
  { proof, from }: SecondFactor,
  actor: Actor,
): Promise<CompletedSignIn> {
  const pending = await pendingOf(context, from)
  const { account, attempt } = pending
  const checked = await proveFactor(
    context,
    {
      account,
      proof,
      subject: { subject_id: attempt.id, purpose: 'second-factor' },
      device: pending.device,
    },
    () => countTry(context, pending),
  )
  if (checked === undefined) throw await recordWrong(context, { pending, proof, from }, actor)
  const { methods, device, remember } = pending.proved
  const { opened, result } = await openSignedIn(
    context,
    {
      account,
      methods: [...methods, ...checked.methods],
      from: { ...from, device, remember },
      within: async (moment, locked) => {
        const completed = await useUp(moment, pending)
        const use = { checked, account: locked, words: from.browser, actor }
        await useFactor(context, moment, use)
        return completed
      },
    },
    actor,
  )
  context.tools.metrics.passwords.signIns.add({ outcome: 'signed_in' })
  return { signedIn: opened, completed: result }
}

/** Ends the attempt: of two completions at once one finds it. @throws KeyhavenError `attempt_over`. */
async function useUp(
  moment: Parameters<typeof completeAttempt>[0],
  { browser, attempt }: Pending,
): Promise<CompletedAttempt> {
  const completed = await completeAttempt(moment, browser, attempt.id)
  if (completed === undefined) throw new KeyhavenError('attempt_over')
  return completed
}
