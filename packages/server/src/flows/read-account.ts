import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccountView } from '@keyhaven/core/wire'
import { findAccount, findAccountByLogin } from '../stores/accounts.ts'
import { emailKey } from './canonical-login.ts'
import type { Rooms } from './rooms.ts'
import { viewAccount } from './view-account.ts'

/** One account, by its id. */
export async function readAccount(
  rooms: Pick<Rooms, 'rules' | 'database'>,
  id: string,
): Promise<AccountView> {
  const account = await rooms.database.read(({ db }) => findAccount(db, id))
  if (account === undefined) throw new KeyhavenError('not_found')
  return viewAccount(rooms, account)
}

/** The account of an address or an id; nothing where there is none. */
export async function findAccountView(
  rooms: Pick<Rooms, 'rules' | 'database'>,
  by: { readonly email: string } | { readonly id: string },
): Promise<AccountView | undefined> {
  const account = await rooms.database.read(({ db }) =>
    'id' in by ? findAccount(db, by.id) : findAccountByLogin(db, emailKey(by.email) ?? ''),
  )
  return account && viewAccount(rooms, account)
}
