import type { AdministeredAccount } from '@keyhaven/core/wire'
import type { Connection } from '../../database/database.ts'
import { accountFacts } from '../../stores/account-facts.ts'
import type { Account } from '../../stores/accounts.ts'
import type { Context } from '../context.ts'
import { viewAccount } from '../../views/account.ts'

/** The same for administrators, with what they alone may see. */
export async function viewAccounts(
  context: Pick<Context, 'settings'>,
  db: Connection,
  accounts: readonly Account[],
): Promise<AdministeredAccount[]> {
  const factsOf = await accountFacts(
    db,
    accounts.map(({ id }) => id),
  )
  return accounts.map((account) => {
    const { roles, lastSignInAt } = factsOf(account.id)
    return {
      ...viewAccount(context, account),
      roles,
      createdAt: new Date(account.created_at).toISOString(),
      lastSignInAt: lastSignInAt === null ? null : new Date(lastSignInAt).toISOString(),
      statusReason: account.status_reason,
    }
  })
}

/** The same for one account. */
export async function administered(
  context: Pick<Context, 'settings'>,
  db: Connection,
  account: Account,
): Promise<AdministeredAccount> {
  const [view] = await viewAccounts(context, db, [account])
  if (view === undefined) throw new Error('one account has one view')
  return view
}
