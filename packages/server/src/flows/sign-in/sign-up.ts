import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../events/happened.ts'
import { applicationClaims } from '../application/claims.ts'
import { notifyApplication } from '../application/call.ts'
import { writeAccount } from '../accounts/create.ts'
import type { NewAccount } from '../../model/new-account.ts'
import { deviceBrowser } from '../devices/browser.ts'
import { rememberDevice } from '../devices/remember.ts'
import { lockForOpening } from '../sessions/open.ts'
import type { SignedIn } from '../sessions/open.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Context } from '../context.ts'
import { viewAccount } from '../../views/account.ts'
import type { SigningBrowser } from '../../model/sign-in/signing-browser.ts'
import { openUnlessDue } from './open-signed-in.ts'
import { beginSecondFactor } from './second-factor/begin.ts'
import { prepareSignUp } from './prepare-sign-up.ts'

/** What a new user provides; they can't choose roles. */
export interface SignUp extends Omit<NewAccount, 'roles' | 'emailVerified'> {
  readonly from: SigningBrowser
}

/**
 * Creates an account and signs it in, without e-mail verification.
 * @throws KeyhavenError `second_factor_required` if the account must have a second factor: it is created, and this
 * browser can set one up.
 */
export async function signUp(
  context: Context,
  { from, ...input }: SignUp,
  actor: Actor,
): Promise<SignedIn> {
  const { afterSignUp } = context.tools.application.hooks
  const { former, browser: words, deviceCookies = [] } = from
  const methods = ['pwd'] as const
  const { prepared, counted } = await prepareSignUp(context, input, actor)
  const values = await applicationClaims(context, { ...prepared.account, created_at: 0 })
  const made = await revoking(context, async (moment) => {
    await lockForOpening(moment, prepared.account.id, former)
    const account = await writeAccount(moment, prepared, actor)
    const proved = {
      account,
      methods,
      facts: { browser: words, isNative: from.isNative },
      values,
      former,
      actor,
    }
    const opened = await openUnlessDue(context, moment, proved)
    const browser = await deviceBrowser(moment, deviceCookies)
    const device = await rememberDevice(moment, account, {
      browser,
      words,
      actor,
      isNative: from.isNative,
    })
    return { ...opened, account, deviceCookie: device.cookie }
  }).catch(async (error: unknown) => {
    if (error instanceof KeyhavenError && error.code === 'conflict') await counted.taken()
    throw error
  })
  const { account, session, due, deviceCookie } = made
  if (afterSignUp) {
    const view = viewAccount(context, account)
    await notifyApplication(context, 'afterSignUp', () => afterSignUp(view))
  }
  if (due !== undefined) {
    throw await beginSecondFactor(context, { account, methods, from, due, deviceCookie })
  }
  return { ...session, deviceCookie }
}
