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
    detail: `There is no account ${name}: check the ${ACCOUNT}, or find it with \`keyhaven accounts list\`.`,
  })
}

/** The refusal of an address that another account has, for an operator; other errors pass unchanged. */
export function takenAddress(email: string, error: unknown): unknown {
  if (!(error instanceof KeyhavenError) || error.code !== 'conflict') return error
  return new KeyhavenError('conflict', {
    detail: `There is an account ${email}: choose another address, or look at the account with \`keyhaven accounts show ${email}\`.`,
    cause: error,
  })
}

/** “1 session ended”, “2 sessions ended”. */
export function endedMessage(sessions: number): string {
  return `${sessions} session${sessions === 1 ? '' : 's'} ended`
}
