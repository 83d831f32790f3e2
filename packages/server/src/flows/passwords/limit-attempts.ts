import type { Attempt } from '../../database/rate-limits.ts'
import type { Account } from '../../stores/accounts.ts'
import { attemptsOf } from '../../model/sign-in/attempts-of.ts'
import type { ContextPart } from '../context.ts'

/** From where a password is tried, and the known device that it is tried on. */
type From = Pick<Attempt, 'address' | 'device'>

/**
 * An attempt at the password of an account, or at a login without one. Wrong ones in a row are
 * counted only if a mail can replace the password (H15).
 */
export function attemptAt(
  { tools: { mail } }: ContextPart<'tools', 'mail'>,
  at: Pick<Account, 'id' | 'credential_version'> | string | undefined,
  from: From,
): Attempt {
  if (at === undefined) return { account: at, row: mail.isQueued ? 'none' : undefined, ...from }
  if (typeof at === 'string') return { account: at, row: mail.isQueued ? at : undefined, ...from }
  const account = attemptsOf(at)
  return {
    account,
    row: mail.isQueued ? `${account} ${at.credential_version}` : undefined,
    ...from,
  }
}

/**
 * Counts an attempt before it is checked. A right password resets the count. An attempt that could
 * not be checked, because the hasher or the database was overloaded, is refunded.
 * @returns what `prove` returned; `undefined` for a wrong password.
 * @throws KeyhavenError `rate_limited`, and whatever `prove` throws.
 */
export async function limitAttempts<T>(
  { tools: { limits } }: ContextPart<'tools', 'limits'>,
  attempt: Attempt,
  prove: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const counted = await limits.countAttempt(attempt)
  let proved: T | undefined
  try {
    proved = await prove()
  } catch (error) {
    await counted.refund()
    throw error
  }
  if (proved !== undefined) await counted.reset()
  return proved
}
