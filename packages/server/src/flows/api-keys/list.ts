import { KeyhavenError } from '@keyhaven/core/errors'
import type { ApiKeyView } from '@keyhaven/core/wire'
import { findAccount, rolesOf } from '../../stores/accounts.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import { viewApiKey } from '../../views/api-key.ts'
import type { Context } from '../context.ts'
import { apiKeyKind } from './kind.ts'

/** Lists the live API keys of an account. @throws KeyhavenError `not_found`. */
export function listApiKeys(
  context: Pick<Context, 'settings' | 'database'>,
  accountId: string,
  page: PageRequest,
): Promise<Page<ApiKeyView>> {
  return context.database.read(async (moment) => {
    const account = await findAccount(moment.db, accountId)
    if (account === undefined) throw new KeyhavenError('not_found')
    const roles = await rolesOf(moment.db, accountId)
    const { items, next } = await apiKeyKind.list(moment, accountId, page)
    return { next, items: items.map((key) => viewApiKey(context, key, roles)) }
  })
}
