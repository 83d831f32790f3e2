import { KeyhavenError } from '@keyhaven/core/errors'
import type { Account } from '../../../stores/accounts.ts'
import { findAccount } from '../../../stores/accounts.ts'
import { deleteAttempts, lockAttempt, setAttemptAbout } from '../../../stores/attempts.ts'
import type { BrowserAttempt } from '../../../stores/attempts.ts'
import type { Actor } from '../../../events/happened.ts'
import { browserOf } from '../../attempts/browser.ts'
import type { FlowBrowser } from '../../attempts/browser.ts'
import { completeAttempt } from '../../attempts/complete.ts'
import type { CompletedAttempt } from '../../attempts/complete.ts'
import type { Context } from '../../context.ts'
import { checkFactor } from '../../factors/check.ts'
import type { FactorProof } from '../../../model/sign-in/factor-proof.ts'
import type { SignedIn } from '../../sessions/open.ts'
import { openSignedIn } from '../open-signed-in.ts'
import type { SigningBrowser } from '../../../model/sign-in/signing-browser.ts'
import type { PendingSignIn } from './pending.ts'

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

/** Wrong second factors after which an attempt is over. */
const TRIES = 5

/**
 * Completes a sign-in that this browser has begun.
 * @throws KeyhavenError `invalid_credentials` for a wrong factor; `attempt_over` after five, and if the
 * attempt has expired, was used, belongs to another browser, or the account has changed.
 */
export async function completeSecondFactor(
  context: Context,
  { proof, from }: SecondFactor,
  actor: Actor,
): Promise<CompletedSignIn> {
  const { browser, attempt, account, pending } = await pendingOf(context, from)
  const checked = await checkFactor(context, {
    accountId: account.id,
    proof,
    subject: { subject_id: attempt.id, purpose: 'second-factor' },
  })
  if (checked === undefined) throw await wrong(context, browser)
  const { opened, result } = await openSignedIn(
    context,
    {
      account,
      methods: [...pending.methods, ...checked.methods],
      from: { ...from, device: pending.device, remember: pending.remember },
      within: async (moment, locked) => {
        // Of two at once one finds the attempt
        const completed = await completeAttempt(moment, browser, attempt.id)
        if (completed === undefined) throw new KeyhavenError('attempt_over')
        if (!(await checked.use(moment, locked))) throw new KeyhavenError('invalid_credentials')
        return completed
      },
    },
    actor,
  )
  return { signedIn: opened, completed: result }
}

interface Pending {
  readonly browser: FlowBrowser
  readonly attempt: BrowserAttempt
  readonly account: Account
  readonly pending: PendingSignIn
}

/** The sign-in that a browser has begun. @throws KeyhavenError `attempt_over`. */
export async function pendingOf(
  { database }: Pick<Context, 'database'>,
  { flowCookies = [] }: SigningBrowser,
): Promise<Pending> {
  return database.read(async (moment) => {
    const browser = await browserOf(moment, flowCookies)
    const attempt = browser.attempts.find(({ purpose }) => purpose === 'second-factor')
    const account = attempt && (await findAccount(moment.db, attempt.account_id ?? ''))
    if (attempt === undefined || account === undefined) throw new KeyhavenError('attempt_over')
    const pending = JSON.parse(attempt.about ?? '') as PendingSignIn
    const isSame = pending.credentialVersion === account.credential_version
    if (!isSame || account.status !== 'active') throw new KeyhavenError('attempt_over')
    return { browser, attempt, account, pending }
  })
}

/** Counts a wrong factor in its attempt. @returns the refusal. */
async function wrong(
  { database }: Pick<Context, 'database'>,
  { sha256 }: FlowBrowser,
): Promise<KeyhavenError> {
  const isOver = await database.transact(async ({ db }) => {
    const attempt = await lockAttempt(db, { browser: sha256, purpose: 'second-factor' })
    if (attempt === undefined) return true
    const pending = JSON.parse(attempt.about ?? '') as PendingSignIn
    const tries = pending.tries + 1
    if (tries >= TRIES) await deleteAttempts(db, [attempt])
    else await setAttemptAbout(db, attempt, JSON.stringify({ ...pending, tries }))
    return tries >= TRIES
  })
  if (isOver) return new KeyhavenError('attempt_over')
  return new KeyhavenError('invalid_credentials', {
    detail: 'This is not right. Check it, then try again.',
  })
}
