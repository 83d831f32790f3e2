import type { AccountWords } from '../en/account.ts'

/** Words of the account page, in German. */
export const account: AccountWords = {
  title: 'Ihr Konto',
}
