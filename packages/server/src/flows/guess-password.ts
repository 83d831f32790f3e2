import type { Guess } from '../database/rate-limits.ts'
import type { Rooms } from './rooms.ts'

/**
 * Counts a guess before it is tried. A right one clears the count; one that could not be tried, because
 * the hasher or the database had no room, is given back: an overload locks nobody out.
 * @returns what `attempt` proved; `undefined` for a wrong password.
 * @throws KeyhavenError `overloaded`, `rate_limited`, and whatever `attempt` throws.
 */
export async function guessPassword<T>(
  { limits, passwords }: Pick<Rooms, 'limits' | 'passwords'>,
  guess: Guess,
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  passwords.requireRoom()
  await limits.count(guess)
  let proved: T | undefined
  try {
    proved = await attempt()
  } catch (error) {
    await limits.giveBack(guess)
    throw error
  }
  if (proved !== undefined) await limits.forgive(guess)
  return proved
}
