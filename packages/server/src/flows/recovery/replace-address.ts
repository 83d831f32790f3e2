import type { Moment } from '../../database/database.ts'
import type { Locked } from '../../database/locked.ts'
import { setEmail } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { deleteAttempts, lockSignUps } from '../../stores/attempts.ts'
import { deleteLinksOfAccount } from '../../stores/links.ts'

/** The refusal of an address that another account has, or can bring back. */
export const takenByOther = {
  detail: 'Another account has this e-mail address: choose another one.',
} as const

/**
 * Gives an account another address. The links that were mailed for the former one end, as do other
 * requested changes, and sign-ups that wait for the new one.
 */
export async function replaceAddress(
  { db }: Pick<Moment, 'db'>,
  account: Locked<Account>,
  address: Pick<Account, 'email' | 'email_key' | 'email_verified'>,
): Promise<void> {
  await setEmail(db, account, address)
  await deleteLinksOfAccount(db, account, { purposes: ['verify', 'reset', 'email-change'] })
  await deleteAttempts(db, await lockSignUps(db, address.email_key))
}
