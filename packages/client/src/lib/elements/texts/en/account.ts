/** Words of the account page, in English. */
export const account = {
  title: 'Your account',
}

/** The words of the account page. */
export type AccountWords = typeof account
