import type { AccountStatus, AdministeredAccount } from '@keyhaven/core/wire'
import { accountPage } from '../../stores/accounts.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import type { Context } from '../context.ts'
import { viewAccounts } from './administered.ts'

/** Which accounts to list; `search` is part of an address, user name or name. */
export interface AccountFilter {
  readonly search?: string | undefined
  readonly status?: AccountStatus | undefined
}

/** Lists accounts by age. */
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
