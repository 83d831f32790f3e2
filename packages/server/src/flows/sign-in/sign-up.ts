import { KeyhavenError } from '@keyhaven/core/errors'
import type { Actor } from '../../events/happened.ts'
import { applicationClaims } from '../application/claims.ts'
import { notifyApplication } from '../application/call.ts'
import { writeAccount } from '../accounts/create.ts'
import type { NewAccount } from '../../model/new-account.ts'
import { lockForOpening, openSession } from '../sessions/open.ts'
import type { OpenedSession } from '../sessions/open.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Context } from '../context.ts'
import { viewAccount } from '../../views/account.ts'
import { prepareSignUp } from './prepare-sign-up.ts'

/** What a new user provides; they can't choose roles. */
export interface SignUp extends Omit<NewAccount, 'roles' | 'emailVerified'> {
  readonly former?: string | undefined
  readonly browser?: string | undefined
}

/** Creates an account and signs it in, without e-mail verification. */
export async function signUp(
  context: Context,
  { former, browser, ...input }: SignUp,
  actor: Actor,
): Promise<OpenedSession> {
  const { afterSignUp } = context.tools.application.hooks
  const { prepared, counted } = await prepareSignUp(context, input, actor)
  const values = await applicationClaims(context, { ...prepared.account, created_at: 0 })
  const opened = await revoking(context, async (moment) => {
    await lockForOpening(moment, prepared.account.id, former)
    const account = await writeAccount(moment, prepared, actor)
    const facts = { amr: ['pwd'], browser }
    return openSession(context, moment, { account, facts, values, former, actor })
  }).catch(async (error: unknown) => {
    if (error instanceof KeyhavenError && error.code === 'conflict') await counted.taken()
    throw error
  })
  if (afterSignUp) {
    const view = viewAccount(context, opened.account)
    await notifyApplication(context, 'afterSignUp', () => afterSignUp(view))
  }
  return opened
}
