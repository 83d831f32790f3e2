import type { WaitingSignUp } from '../../model/sign-in/waiting-sign-up.ts'
import { attemptsOf } from '../attempts/browser.ts'
import type { Context, ContextPart } from '../context.ts'

/** The login as it is compared, the password, and the flow cookies of the browser. */
export interface WaitingLogin {
  readonly key: string | undefined
  readonly password: string
  readonly flowCookies: readonly string[]
}

/**
 * Whether the login and the password are those of a sign-up that this browser has begun and not
 * confirmed. Whether an account has the login changes nothing: not the answer, and not the work
 * (H11).
 */
export async function isWaitingSignUp(
  { database, tools: { passwords } }: Pick<Context, 'database'> & ContextPart<'tools', 'passwords'>,
  { key, password, flowCookies }: WaitingLogin,
): Promise<boolean> {
  if (flowCookies.length === 0 || key === undefined) return false
  const attempts = await database.read((moment) => attemptsOf(moment, flowCookies))
  const named = attempts.find(
    ({ email_key, username_key }) => email_key === key || username_key === key,
  )
  if (named === undefined || named.sign_up === null) return false
  const { passwordHash } = JSON.parse(named.sign_up) as WaitingSignUp
  return passwords.verify('sign-in', password, passwordHash)
}
