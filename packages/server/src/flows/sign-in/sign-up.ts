import { KeyhavenError } from '@keyhaven/core/errors'
import type { CountedSignUp } from '../../database/rate-limits.ts'
import type { Actor } from '../../events/happened.ts'
import { applicationClaims } from '../application/claims.ts'
import { callApplication, notifyApplication } from '../application/call.ts'
import { checkAccount, hashAccount, writeAccount } from '../accounts/create.ts'
import type { NewAccount } from '../../model/new-account.ts'
import type { PreparedAccount } from '../accounts/create.ts'
import { lockForOpening, openSession } from '../sessions/open.ts'
import type { OpenedSession } from '../sessions/open.ts'
import { revoking } from '../revocation/revoking.ts'
import type { Context, ContextPart } from '../context.ts'
import { viewAccount } from '../../views/account.ts'

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
  const { beforeSignUp, afterSignUp } = context.tools.application.hooks
  const { prepared, counted } = await prepare(context, input, actor)
  const { password: _secret, ...given } = input
  const { email, username } = prepared.account
  const newcomer = { ...given, email, username: username ?? undefined }
  if (beforeSignUp) await callApplication('beforeSignUp', () => beforeSignUp(newcomer))
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

interface Prepared {
  readonly prepared: PreparedAccount
  readonly counted: CountedSignUp
}

/** Counts well-formed sign-ups before hashing. One refused by an overload is refunded. */
async function prepare(
  context: Pick<Context, 'settings'> & ContextPart<'tools', 'passwords' | 'limits'>,
  input: NewAccount,
  { address }: Actor,
): Promise<Prepared> {
  const checked = checkAccount(context, input)
  context.tools.passwords.requireRoom('sign-up')
  const counted = await context.tools.limits.countSignUp(address)
  try {
    return { prepared: await hashAccount(context, checked), counted }
  } catch (error) {
    await counted.refund()
    throw error
  }
}
