import type { SessionEntry } from '@keyhaven/core/wire'
import type { Database } from '../../database/database.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import { sessionItem } from '../../views/session-item.ts'
import { sessionKind } from './kind.ts'

/** Lists the live sessions of an account; `current` is the caller's. */
export async function listSessions(
  database: Database,
  page: PageRequest,
  of: { readonly accountId: string; readonly current?: string | undefined },
): Promise<Page<SessionEntry>> {
  const { items, next } = await database.read((moment) =>
    sessionKind.list(moment, of.accountId, page),
  )
  return { next, items: items.map((row) => sessionItem(row, of.current)) }
}
