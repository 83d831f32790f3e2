import type { AdministeredAccount } from '@keyhaven/core/wire'
import type { Connection } from '../../database/database.ts'
import { accountFacts } from '../../stores/account-facts.ts'
import { erasureTimes } from '../../stores/personal-data/erasures.ts'
import type { Account } from '../../stores/accounts.ts'
import type { Context } from '../context.ts'
import { viewAccount } from '../../views/account.ts'

/** Accounts as administrators get them, with roles, dates, the reason of their status and the kinds of second factors. */
export async function viewAccounts(
  context: Pick<Context, 'settings'>,
  db: Connection,
  accounts: readonly Account[],
): Promise<AdministeredAccount[]> {
  const ids = accounts.map(({ id }) => id)
  const factsOf = await accountFacts(db, ids)
  const erasesAt = await erasureTimes(db, ids)
  return accounts.map((account) => {
    const { roles, lastSignInAt, factors } = factsOf(account.id)
    const end = erasesAt.get(account.id)
    return {
      ...viewAccount(context, account),
      roles,
      createdAt: new Date(account.created_at).toISOString(),
      lastSignInAt: lastSignInAt === null ? null : new Date(lastSignInAt).toISOString(),
      statusReason: account.status_reason,
      factors,
      ...(end !== undefined && { erasesAt: new Date(end).toISOString() }),
    }
  })
}

/** One account as administrators get it. */
export async function administered(
  context: Pick<Context, 'settings'>,
  db: Connection,
  account: Account,
): Promise<AdministeredAccount> {
  const [view] = await viewAccounts(context, db, [account])
  if (view === undefined) throw new Error('one account has one view')
  return view
}
