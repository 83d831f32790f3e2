import type { AccountStatus, AdministeredAccount } from '@keyhaven/core/wire'
import { accountPage } from '../../stores/accounts.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import type { Context } from '../context.ts'
import { viewAccounts } from './administered.ts'

export interface AccountFilter {
  readonly search?: string | undefined
  readonly status?: AccountStatus | undefined
}

/** Accounts by age, found by part of their address, user name or name. */
export async function listAccounts(
  context: Pick<Context, 'settings' | 'database'>,
  page: PageRequest,
  filter: AccountFilter,
): Promise<Page<AdministeredAccount>> {
  return context.database.read(async ({ db }) => {
    const { items, next } = await accountPage(db, page, filter)
    return { next, items: await viewAccounts(context, db, items) }
  })
}
