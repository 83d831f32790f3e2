import type { Attempt } from '../../database/rate-limits.ts'
import type { Account } from '../../stores/accounts.ts'
import type { ContextPart } from '../context.ts'

/**
 * What guesses at an account are counted under, whichever of its logins is typed. A login without an
 * account is counted under itself, with the same limits; no login looks like this.
 */
export function attemptsOf({ id }: Pick<Account, 'id'>): string {
  return `account ${id}`
}

/**
 * Counts a guess before it is tried. A right one clears the count; one that could not be tried, because
 * the hasher or the database had no room, is given back: an overload uses up no account's guesses.
 * @returns what `attempt` proved; `undefined` for a wrong password.
 * @throws KeyhavenError `rate_limited`, and whatever `attempt` throws.
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
