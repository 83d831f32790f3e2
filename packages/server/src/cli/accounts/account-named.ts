import { KeyhavenError } from '@keyhaven/core/errors'
import type { AdministeredAccount } from '@keyhaven/core/wire'

/** What names an account on the command line. */
export const ACCOUNT = 'e-mail address, user name or id'

/** The account that was named. @throws KeyhavenError `not_found`. */
export function known(account: AdministeredAccount | undefined, name: string): AdministeredAccount {
  if (account !== undefined) return account
  throw new KeyhavenError('not_found', {
    detail: `There is no account ${name}: check the ${ACCOUNT}.`,
  })
}

/** “1 session ended”, “2 sessions ended”. */
export function endedMessage(sessions: number): string {
  return `${sessions} session${sessions === 1 ? '' : 's'} ended`
}
