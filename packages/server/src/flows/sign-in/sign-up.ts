import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../events/happened.ts'
import { applicationClaims } from '../application/claims.ts'
import { notifyApplication } from '../application/call.ts'
import { writeAccount } from '../accounts/create.ts'
import type { NewAccount } from '../../model/new-account.ts'
import { deviceBrowser } from '../devices/browser.ts'
import { rememberDevice } from '../devices/remember.ts'
import { lockForOpening, openSession } from '../sessions/open.ts'
import type { SignedIn } from '../sessions/open.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Context } from '../context.ts'
import { viewAccount } from '../../views/account.ts'
import { beginWithin } from './second-factor/begin.ts'
import { dueFactor } from './second-factor/due.ts'
import { prepareSignUp } from './prepare-sign-up.ts'

/** What a new user provides; they can't choose roles. */
export interface SignUp extends Omit<NewAccount, 'roles' | 'emailVerified'> {
  readonly former?: string | undefined
  readonly browser?: string | undefined
  /** Of what this browser has begun. */
  readonly flowCookies?: readonly string[] | undefined
  /** Of a browser that other accounts may know. */
  readonly deviceCookies?: readonly string[] | undefined
}

/**
 * Creates an account and signs it in, without e-mail verification. If the account needs a second factor,
 * one must be set up first, in this browser.
 * @throws KeyhavenError `second_factor_required`, after which the account exists.
 */
export async function signUp(
  context: Context,
  { former, browser: words, flowCookies, deviceCookies = [], ...input }: SignUp,
  actor: Actor,
): Promise<SignedIn> {
  const { afterSignUp } = context.tools.application.hooks
  const { prepared, counted } = await prepareSignUp(context, input, actor)
  const values = await applicationClaims(context, { ...prepared.account, created_at: 0 })
  const opened = await revoking(context, async (moment) => {
    await lockForOpening(moment, prepared.account.id, former)
    const account = await writeAccount(moment, prepared, actor)
    const browser = await deviceBrowser(moment, deviceCookies)
    const device = await rememberDevice(moment, account, { browser, words, actor })
    const methods = ['pwd'] as const
    const due = await dueFactor(context, moment, { accountId: account.id, methods })
    if (due !== undefined) {
      const incomplete = { account, methods, from: { flowCookies }, due }
      return { account, refusal: (await beginWithin(moment, incomplete)).knowing(device.cookie) }
    }
    const facts = { amr: methods, browser: words }
    const session = await openSession(context, moment, { account, facts, values, former, actor })
    return { account, session: { ...session, deviceCookie: device.cookie } }
  }).catch(async (error: unknown) => {
    if (error instanceof KeyhavenError && error.code === 'conflict') await counted.taken()
    throw error
  })
  if (afterSignUp) {
    const view = viewAccount(context, opened.account)
    await notifyApplication(context, 'afterSignUp', () => afterSignUp(view))
  }
  if (opened.session === undefined) throw opened.refusal
  return opened.session
}
