import { KeyhavenError } from '@keyhaven/core/errors'
import type { AdministeredAccount } from '@keyhaven/core/wire'
import type { EmbeddedAccounts } from '../../embedded/embedded-accounts.ts'

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

/** The refusal of an address that an account has or can bring back, for an operator; other errors pass unchanged. */
export async function takenAddress(
  accounts: Pick<EmbeddedAccounts, 'find'>,
  email: string,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof KeyhavenError) || error.code !== 'conflict') return error
  const isReserved = (await accounts.find({ login: email })) === undefined
  return new KeyhavenError('conflict', {
    detail: isReserved
      ? `${email} was the address of an account that can bring it back for 7 days: choose another address, or end that with \`keyhaven accounts set-email\` for that account.`
      : `There is an account ${email}: choose another address, or look at the account with \`keyhaven accounts show ${email}\`.`,
    cause: error,
  })
}

/** “1 session ended”, “2 sessions and 1 API key ended”. */
export function endedMessage({
  sessions,
  apiKeys = 0,
}: {
  readonly sessions: number
  readonly apiKeys?: number
}): string {
  const keys = apiKeys === 0 ? '' : ` and ${counted(apiKeys, 'API key')}`
  return `${counted(sessions, 'session')}${keys} ended`
}

/** “1 API key ended”. */
export function keysMessage(apiKeys: number): string {
  return `${counted(apiKeys, 'API key')} ended`
}

/** “1 machine removed”. */
export function machinesMessage(machines: number): string {
  return `${counted(machines, 'machine')} removed`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
