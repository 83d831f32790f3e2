import type { CountedSignUp } from '../../database/rate-limits.ts'
import type { Actor } from '../../events/happened.ts'
import type { NewAccount } from '../../model/new-account.ts'
import { callApplication } from '../application/call.ts'
import { checkAccount, hashAccount } from '../accounts/create.ts'
import type { PreparedAccount } from '../accounts/create.ts'
import type { Context, ContextPart } from '../context.ts'

/** A checked and counted sign-up with its hashed password. */
export interface PreparedSignUp {
  readonly prepared: PreparedAccount
  readonly counted: CountedSignUp
  /** Whether a mail may be sent to the address; false if none is needed. */
  readonly mayMail: boolean
}

type Needs = Pick<Context, 'settings'> &
  ContextPart<'tools', 'passwords' | 'limits' | 'application' | 'log'>

/**
 * Counts well-formed sign-ups before hashing, and calls the hook. One refused by an overload is
 * refunded.
 */
export async function prepareSignUp(
  context: Needs,
  input: NewAccount,
  { address }: Actor,
): Promise<PreparedSignUp> {
  const { passwords, limits, application } = context.tools
  const checked = checkAccount(context, input)
  passwords.requireRoom('sign-up')
  const counted = await limits.countSignUp(address)
  // Before any look-up of the address, and counted also if it is refused
  await passwords.refuseBreached(checked.input.password)
  const ready = await hashCounted().catch(async (error: unknown) => {
    await counted.refund()
    throw error
  })
  const { beforeSignUp } = application.hooks
  const { password: _secret, roles: _none, emailVerified: _no, ...given } = checked.input
  if (beforeSignUp) await callApplication('beforeSignUp', () => beforeSignUp(given))
  return ready

  async function hashCounted(): Promise<PreparedSignUp> {
    const mayMail =
      context.settings.emailVerification === 'on' &&
      (await limits.countMail({ kind: 'confirmation', recipient: checked.keys.email, address }))
    return { prepared: await hashAccount(context, checked), counted, mayMail }
  }
}
