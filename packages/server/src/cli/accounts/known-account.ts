import { KeyhavenError } from '@keyhaven/core/errors'
import type { AdministeredAccount } from '@keyhaven/core/wire'

/** How help and messages name the forms in which a command accepts an account. */
export const ACCOUNT = 'e-mail address, user name or id'

/**
 * Returns the account that the lookup found.
 * @throws KeyhavenError `not_found` if there is none.
 */
export function knownAccount(
  account: AdministeredAccount | undefined,
  name: string,
): AdministeredAccount {
  if (account !== undefined) return account
  throw new KeyhavenError('not_found', {
    detail: `There is no account ${name}: check the ${ACCOUNT}.`,
  })
}

/** “1 session ended”, “2 sessions ended”. */
export function endedMessage(sessions: number): string {
  return `${sessions} session${sessions === 1 ? '' : 's'} ended`
}
