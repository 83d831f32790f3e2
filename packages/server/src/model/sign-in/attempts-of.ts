import type { Account } from '../../stores/accounts.ts'

/**
 * The name under which wrong step-ups, and password changes on unknown devices, are counted, like a device of the account: over all its
 * sessions, and apart from guesses at sign-in. A stranger who has no session can't use them up (H15).
 */
export const STEP_UPS = 'step-up'

/**
 * The name under which attempts at an account are counted, whichever of its logins is typed. A
 * login without an account is counted under itself, with the same limits; no login has this form.
 */
export function attemptsOf({ id }: Pick<Account, 'id'>): string {
  return `account ${id}`
}
