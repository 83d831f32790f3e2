import type { Insertable, Selectable } from 'kysely'
import { inserting } from '../database/compiled.ts'
import type { Connection } from '../database/database.ts'
import type { AuditTable } from '../database/tables/audit.ts'
import { pageOf } from './page.ts'
import type { Page, PageRequest } from './page.ts'

export type AuditRow = Selectable<AuditTable>
export type NewAuditRow = Insertable<AuditTable>

export const appendAudit = inserting('audit', [
  'at',
  'action',
  'actor_id',
  'account_id',
  'session_id',
  'reason',
  'address',
  'details',
])

/** The same for many. */
export async function appendAudits(db: Connection, rows: readonly NewAuditRow[]): Promise<void> {
  const [first, ...others] = rows
  if (others.length > 0) await db.insertInto('audit').values(rows).execute()
  else if (first !== undefined) await appendAudit(db, first)
}

/** What happened, by number; of one account where it is named. */
export async function auditPage(
  db: Connection,
  { limit, after, descending }: PageRequest,
  account: string | undefined,
): Promise<Page<AuditRow>> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .$if(account !== undefined, (query) => query.where('account_id', '=', account ?? ''))
    .$if(after !== undefined, (query) =>
      query.where('id', descending ? '<' : '>', Number(after?.id ?? 0)),
    )
    .orderBy('id', descending ? 'desc' : 'asc')
    .limit(limit + 1)
    .execute()
  return pageOf(rows, limit, ({ at, id }) => ({ at, id: String(id) }))
}
