import { KeyhavenError } from '@keyhaven/core/errors'
import type { AccountView, AdministeredAccount } from '@keyhaven/core/wire'
import type { Connection } from '../../database/database.ts'
import { findAccount, findAccountByLogin } from '../../stores/accounts.ts'
import type { Account } from '../../stores/accounts.ts'
import { emailKey, canonicalLoginKey } from '../../model/canonical-login.ts'
import type { AccountName } from '../../model/account-name.ts'
import type { Context } from '../context.ts'
import { administered } from './administered.ts'
import { viewAccount } from '../../views/account.ts'

type Reading = Pick<Context, 'settings' | 'database'>

/** The account of an id, as its owner gets it. @throws KeyhavenError `not_found`. */
export async function readAccount(context: Reading, id: string): Promise<AccountView> {
  const account = await context.database.read(({ db }) => findAccount(db, id))
  if (account === undefined) throw new KeyhavenError('not_found')
  return viewAccount(context, account)
}

/** The account of an id, as administrators get it. @throws KeyhavenError `not_found`. */
export function readAdministered(context: Reading, id: string): Promise<AdministeredAccount> {
  return context.database.read(async ({ db }) => {
    const account = await findAccount(db, id)
    if (account === undefined) throw new KeyhavenError('not_found')
    return administered(context, db, account)
  })
}

/** The account of a reference, as administrators get it; `undefined` if there is none. */
export function findAdministered(
  context: Reading,
  name: AccountName,
): Promise<AdministeredAccount | undefined> {
  return context.database.read(async ({ db }) => {
    const account = await named(db, name)
    return account && administered(context, db, account)
  })
}

async function named(db: Connection, name: AccountName): Promise<Account | undefined> {
  if ('id' in name) return findAccount(db, name.id)
  if ('email' in name) return findAccountByLogin(db, emailKey(name.email) ?? '')
  return (
    (await findAccount(db, name.login)) ??
    findAccountByLogin(db, canonicalLoginKey(name.login) ?? '')
  )
}
