import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../events/happened.ts'
import { findAccountByLogin } from '../../stores/accounts.ts'
import { canonicalLoginKey } from '../../model/canonical-login.ts'
import { unknownLogin } from '../../model/unknown-login.ts'
import { deviceBrowser, deviceOf } from '../devices/browser.ts'
import { attemptAt, limitAttempts } from '../passwords/limit-attempts.ts'
import { renewHash } from '../passwords/renew-hash.ts'
import type { SignedIn } from '../sessions/open.ts'
import type { Context } from '../context.ts'
import { finishSignIn, recordFailure } from './finish.ts'
import type { SigningBrowser } from '../../model/sign-in/signing-browser.ts'
import { isWaitingSignUp } from './waiting-sign-up.ts'

/** One password attempt. */
export interface SignIn extends SigningBrowser {
  readonly login: string
  readonly password: string
}

/**
 * Signs in. An unknown account costs the same work and gets the same response as a wrong password.
 */
export async function signInByPassword(
  context: Context,
  input: SignIn,
  actor: Actor,
): Promise<SignedIn> {
  const { signIns } = context.tools.metrics.passwords
  try {
    const opened = await prove(context, input, actor)
    signIns.add({ outcome: 'signed_in' })
    return opened
  } catch (error) {
    signIns.add({ outcome: error instanceof KeyhavenError ? error.code : 'internal' })
    throw error
  }
}

async function prove(context: Context, input: SignIn, actor: Actor): Promise<SignedIn> {
  const {
    database,
    tools: { passwords },
  } = context
  // A full queue refuses before any other work
  passwords.requireRoom('sign-in')
  const key = canonicalLoginKey(input.login)
  const { named, browser } = await database.read(async (moment) => ({
    named: await findAccountByLogin(moment.db, key ?? ''),
    browser: await deviceBrowser(moment, input.deviceCookies ?? []),
  }))
  const device = deviceOf(browser, named?.id)?.id
  const attempt = attemptAt(context, named ?? key, { address: actor.address, device })
  const found = await limitAttempts(context, attempt, async () => {
    const right = await passwords.verify('sign-in', input.password, named?.password_hash)
    if (right && named !== undefined) return named
    await recordFailure(context, actor, {
      account: named?.id,
      details: named === undefined && key !== undefined ? unknownLogin(context, key) : undefined,
    })
    return undefined
  })
  if (found === undefined) {
    const { password, flowCookies = [] } = input
    // Its count of attempts stays: it proves nothing about an account
    const isWaiting = await isWaitingSignUp(context, { key, password, flowCookies })
    throw new KeyhavenError(isWaiting ? 'email_unverified' : 'invalid_credentials')
  }
  const within = async (): Promise<void> => {}
  const proved = { account: found, methods: ['pwd'], from: input, within } as const
  try {
    return (await finishSignIn(context, proved, actor)).opened
  } finally {
    // Also if a second factor must follow. It delays no answer, and never fails
    void renewHash(context, { account: found, password: input.password }, actor)
  }
}
