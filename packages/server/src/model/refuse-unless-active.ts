import { KeyhavenError } from '@keyhaven/core/errors'
import type { Account } from '../stores/accounts.ts'

/**
 * Requires an `active` account, which alone can sign in, renew or get tokens.
 * @throws KeyhavenError.
 */
export function refuseUnlessActive({ status }: Pick<Account, 'status'>): void {
  if (status === 'active') return
  throw new KeyhavenError(status === 'unverified' ? 'email_unverified' : 'account_locked')
}
