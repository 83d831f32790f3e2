import { KeyhavenError } from '@keyhaven/core/errors'
import type { Account } from '../stores/accounts.ts'

/** Only `active` accounts sign in, renew or are issued anything. */
export function refuseUnlessActive({ status }: Pick<Account, 'status'>): void {
  if (status === 'active') return
  throw new KeyhavenError(status === 'unverified' ? 'email_unverified' : 'account_locked')
}
