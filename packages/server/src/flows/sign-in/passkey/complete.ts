import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../../events/happened.ts'
import type { PasskeyResponse } from '../../../model/sign-in/factor-proof.ts'
import type { SigningBrowser } from '../../../model/sign-in/signing-browser.ts'
import { findAccount } from '../../../stores/accounts.ts'
import type { Account } from '../../../stores/accounts.ts'
import type { BrowserAttempt } from '../../../stores/attempts.ts'
import { challengeOf } from '../../../stores/factors/challenges.ts'
import type { ChallengeSubject } from '../../../stores/factors/challenges.ts'
import { findPasskey } from '../../../stores/factors/factors.ts'
import type { Factor } from '../../../stores/factors/factors.ts'
import type { PasskeyAttempt } from '../../attempts/begin.ts'
import { browserOf } from '../../attempts/browser.ts'
import type { FlowBrowser } from '../../attempts/browser.ts'
import { completeAttempt } from '../../attempts/complete.ts'
import type { CompletedAttempt } from '../../attempts/complete.ts'
import type { Context } from '../../context.ts'
import type { Assertion } from '../../factors/passkeys/assertion.ts'
import { userHandleOf } from '../../factors/user-handle.ts'
import type { SignedIn } from '../../sessions/open.ts'
import { finishSignIn, recordFailure } from '../finish.ts'
import { readAssertion } from '../../factors/passkeys/assertion.ts'
import { usePasskey } from '../../factors/passkeys/use.ts'
import { isForDomain, ownOrigin } from '../../factors/passkeys/own-origin.ts'
import { isInvented } from '../../factors/passkeys/invented.ts'

/** The answer of a passkey, and the browser in which its user signs in. */
export interface PasskeySignIn {
  readonly response: PasskeyResponse
  readonly from: SigningBrowser
}

/** A completed sign-in, and the flow cookie that is left. */
export interface CompletedPasskeySignIn {
  readonly signedIn: SignedIn
  readonly completed: CompletedAttempt
}

/**
 * Signs in by a passkey alone: its device must have verified its user.
 * @throws KeyhavenError `invalid_credentials` for a wrong answer; `attempt_over` if this browser has
 * begun no such sign-in, or too long ago.
 */
export async function signInByPasskey(
  context: Context,
  signIn: PasskeySignIn,
  actor: Actor,
): Promise<CompletedPasskeySignIn> {
  const { limits, metrics } = context.tools
  const { address } = actor
  // No passkey can be guessed: this bounds the work that a network causes
  const counted = await limits.countAttempt({ account: undefined, address })
  try {
    const done = await prove(context, signIn, actor)
    await counted.refund()
    metrics.secondFactors.add({ factor: 'passkey', outcome: 'accepted' })
    return done
  } catch (error) {
    const code = error instanceof KeyhavenError ? error.code : undefined
    if (code === 'invalid_credentials') {
      metrics.secondFactors.add({ factor: 'passkey', outcome: 'wrong' })
    } else if (code !== 'attempt_over') await counted.refund()
    throw error
  }
}

async function prove(
  context: Context,
  { response, from }: PasskeySignIn,
  actor: Actor,
): Promise<CompletedPasskeySignIn> {
  const answer = readAssertion(response)
  const begun = await begunOf(context, from, answer)
  if (answer === undefined) throw await wrong(context, begun, actor)
  const { account, passkey, browser, attempt, subject, challenge } = begun
  if (account === undefined || passkey === undefined) {
    const isUnknown = await isGone(context, answer, challenge)
    throw await wrong(context, { account, isUnknown }, actor)
  }
  const counter = await counterOf(context, answer, { account, passkey, attempt, challenge })
  if (counter === undefined) throw await wrong(context, begun, actor)
  const { opened, result } = await finishSignIn(
    context,
    {
      account,
      methods: ['pop', 'user'],
      from,
      within: async (moment, locked) => {
        // Of two at once one finds the attempt
        const completed = await completeAttempt(moment, browser, attempt.id)
        if (completed === undefined) throw new KeyhavenError('attempt_over')
        const use = { account: locked, passkey, subject, challenge, counter }
        if (!(await usePasskey(context, moment, use))) throw refusal()
        return completed
      },
    },
    actor,
  )
  return { signedIn: opened, completed: result }
}

/** What a browser has begun, and the passkey that answers. */
interface BegunSignIn {
  readonly browser: FlowBrowser
  readonly attempt: BrowserAttempt
  readonly subject: ChallengeSubject
  readonly challenge: string
  readonly passkey: Factor | undefined
  readonly account: Account | undefined
}

/** @throws KeyhavenError `attempt_over`. */
async function begunOf(
  { database }: Pick<Context, 'database'>,
  { flowCookies = [] }: SigningBrowser,
  answer: Assertion | undefined,
): Promise<BegunSignIn> {
  return database.read(async (moment) => {
    const browser = await browserOf(moment, flowCookies)
    const attempt = browser.attempts.find(({ purpose }) => purpose === 'passkey')
    const subject = { subject_id: attempt?.id ?? '', purpose: 'sign-in' } as const
    const challenge = await challengeOf(moment, subject)
    if (attempt === undefined || challenge === undefined) throw new KeyhavenError('attempt_over')
    const passkey = await findPasskey(moment.db, answer?.id ?? '')
    const account = await findAccount(moment.db, passkey?.account_id ?? '')
    return { browser, attempt, subject, challenge, passkey, account }
  })
}

interface Expected {
  readonly account: Account
  readonly passkey: Factor
  readonly attempt: BrowserAttempt
  readonly challenge: string
}

/**
 * The signature counter of a right answer, whose device has verified its user. Its user is the one that
 * the sign-in named, or the one that the passkey itself names (WebAuthn §7.2).
 */
async function counterOf(
  { settings }: Pick<Context, 'settings'>,
  answer: Assertion,
  { account, passkey, attempt, challenge }: Expected,
): Promise<number | undefined> {
  const { userHandle } = answer.response
  const { isNamed } = JSON.parse(attempt.about ?? '') as PasskeyAttempt
  const isTheirs = isNamed
    ? attempt.account_id === account.id
    : userHandle === userHandleOf(account.id)
  if (!isTheirs) return undefined
  const { verifyAssertion } = await import('../../factors/passkeys/verify.ts')
  const verified = await verifyAssertion(settings.factors, answer, { passkey, challenge })
  return verified?.userVerified ? verified.counter : undefined
}

/**
 * Whether the answer is of a passkey that the service no longer has. The browser then forgets it for
 * ever, so everything else about the answer must be right (WA-2). One that the service has invented
 * passes for a passkey whose answer is wrong (H48).
 */
async function isGone(
  { keys, settings: { factors } }: Pick<Context, 'keys' | 'settings'>,
  { id, response: { clientDataJSON, authenticatorData } }: Assertion,
  challenge: string,
): Promise<boolean> {
  const origin = ownOrigin(factors, clientDataJSON, { type: 'webauthn.get', challenge })
  const isRight = origin !== undefined && isForDomain(factors, authenticatorData)
  return isRight && !isInvented(keys, id)
}

/** Records a wrong answer. @returns the refusal. */
async function wrong(
  context: Pick<Context, 'database'>,
  { account, isUnknown }: Pick<BegunSignIn, 'account'> & { readonly isUnknown?: boolean },
  actor: Actor,
): Promise<KeyhavenError> {
  const reason = isUnknown ? 'unknown passkey' : 'wrong answer of a passkey'
  await recordFailure(context, actor, { account: account?.id, reason })
  return refusal(isUnknown)
}

function refusal(isUnknown = false): KeyhavenError {
  return new KeyhavenError('invalid_credentials', {
    detail: isUnknown
      ? 'This passkey is no longer in use here. Sign in another way.'
      : 'The passkey was not accepted. Try again, or sign in another way.',
    ...(isUnknown && { passkey: 'unknown' }),
  })
}
