import type { PasskeySignIn } from '../account/account-acts.ts'
import type { ActTools } from '../account/act-tools.ts'
import type { Reply } from '../calls/results.ts'
import { isRefused, refused } from './browser-refusals.ts'
import { getPasskey } from './ceremony-answer.ts'
import type { CeremonyAnswer } from './ceremony-answer.ts'
import { signInBy, signInOptions } from './sign-in-by.ts'
import type { SignedIn } from './sign-in-by.ts'
import { inTurn, isBusy, untilFree } from './turns.ts'

/** A suggestion of passkeys, until the signal fires. */
export interface Autofill extends Omit<PasskeySignIn, 'login'> {
  readonly signal: AbortSignal
}

/** Milliseconds after which a ceremony that has ended is begun again: sooner it would end again. */
const BRIEF = 1000
/** Milliseconds for which a challenge can be answered, if the service does not send it. */
const LIFE = 300_000
/** Seconds after which options that could not be had are requested again, unless the service names others. */
const LATER = 30
/** Seconds: longer than the service's limits. */
const LATEST = 900

let latest: AbortSignal | undefined

/**
 * Offers passkeys as suggestions. Suggestions may stay open for hours, so a challenge is replaced before its end; they
 * begin again after each ceremony with a dialog.
 */
export async function autofill(
  tools: ActTools,
  { signal, ...begin }: Autofill,
  signIn: (begin: PasskeySignIn) => Promise<SignedIn>,
): Promise<SignedIn> {
  const session = (): string | undefined => tools.page.store.known.view?.session.id
  const before = session()
  // A page has one such input: the last call is right
  latest = signal
  if (!(await canSuggest())) return refused('passkey_unsupported')
  for (;;) {
    await untilFree(signal)
    const isSignedIn = session() !== undefined && session() !== before
    if (signal.aborted || latest !== signal || isSignedIn) return refused('passkey_replaced')
    const began = performance.now()
    const reply = await signInOptions(tools)
    if (reply?.status !== 200) {
      const refusal = tools.failed(reply)
      const isForNow = !refusal.ok && /^(429|5..)$/.test(`${refusal.error.status}`)
      if (!isForNow) return refusal
      // Its user has done nothing yet: a service that can't be reached now is no fault to show
      await untilLater(reply, signal)
      continue
    }
    const options = reply.body
    const answer = await suggest(options, signal)
    if (!answer) continue
    if (answer.ok) {
      const result = await signInBy(tools, { ...answer, options }, begin)
      // Another tab has replaced the challenge: the person has chosen, so they are asked at once
      return isRefused(result, 'attempt_over') ? signIn(begin) : result
    }
    const hasEnded = isRefused(answer, 'passkey_replaced') || isRefused(answer, 'passkey_cancelled')
    if (!hasEnded || (!isBusy() && performance.now() - began < BRIEF)) return answer
  }
}

async function canSuggest(): Promise<boolean> {
  try {
    return await PublicKeyCredential.isConditionalMediationAvailable()
  } catch {
    return false
  }
}

/** Calls back after these milliseconds, once the page is visible. @returns a function that stops it. */
function whenSeen(milliseconds: number, call: () => void): () => void {
  const callVisible = (): void => {
    if (!document.hidden) call()
  }
  const timer = setTimeout(() => {
    document.addEventListener('visibilitychange', callVisible)
    callVisible()
  }, milliseconds)
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', callVisible)
  }
}

/** Waits as long as a limit or a failure of the service may last, or until the signal fires. */
async function untilLater(reply: Reply, signal: AbortSignal): Promise<void> {
  const { retryAfter = 0 } = reply ?? {}
  const seconds = Math.min(retryAfter > 0 ? retryAfter : LATER, LATEST)
  let stop = (): void => {}
  await new Promise<void>((resolve) => {
    stop = whenSeen(seconds * 1000, resolve)
    signal.addEventListener('abort', () => resolve())
    if (signal.aborted) resolve()
  })
  stop()
}

/** Waits for a choice. @returns `undefined` when the challenge is about to end, if the page is visible. */
async function suggest(given: unknown, signal: AbortSignal): Promise<CeremonyAnswer | undefined> {
  // The browser's own time-out is for dialogs
  const { timeout = LIFE, ...options } = given as { readonly timeout?: number }
  const life = new AbortController()
  const end = (): void => life.abort()
  const stop = whenSeen(timeout * 0.9, end)
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  try {
    const ask = (turn: AbortSignal): Promise<CeremonyAnswer> =>
      getPasskey(options, turn, 'conditional')
    const answer = await inTurn(undefined, ask, life.signal)
    return answer.ok || !life.signal.aborted ? answer : undefined
  } finally {
    stop()
    signal.removeEventListener('abort', end)
  }
}
