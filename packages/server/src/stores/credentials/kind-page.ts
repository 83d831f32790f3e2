import type { Moment } from '../../database/database.ts'
import { fromPosition, inOrder, pageOf } from '../page.ts'
import type { Order, Page, PageRequest } from '../page.ts'
import type { NewCredential } from './credentials.ts'
import { isLiveAt } from './live.ts'

const byAge: Order = ['credentials.created_at', 'credentials.id']

/** A page of an account's live credentials of one kind by age. */
export async function kindPage(
  { db, now }: Moment,
  { kind, accountId }: { readonly kind: string; readonly accountId: string },
  page: PageRequest,
): Promise<Page<NewCredential>> {
  const rows = await db
    .selectFrom('credentials')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .where(isLiveAt(now))
    .where(fromPosition(byAge, page))
    .orderBy(inOrder(byAge, page))
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows, page.limit, ({ created_at, id }) => ({ at: created_at, id }))
}
