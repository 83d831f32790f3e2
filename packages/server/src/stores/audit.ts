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

/** Which rows are wanted; all where nothing is named. */
export interface AuditFilter {
  readonly account?: string | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
}

/** What happened, in the order in which it was written. */
export async function auditPage(
  db: Connection,
  { limit, after, descending }: PageRequest,
  { account, actor, action }: AuditFilter,
): Promise<Page<AuditRow>> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .$if(account !== undefined, (query) => query.where('account_id', '=', account ?? ''))
    .$if(actor !== undefined, (query) => query.where('actor_id', '=', actor ?? ''))
    .$if(action !== undefined, (query) => query.where('action', '=', action ?? ''))
    .$if(after !== undefined, (query) =>
      query.where('id', descending ? '<' : '>', Number(after?.id ?? 0)),
    )
    .orderBy('id', descending ? 'desc' : 'asc')
    .limit(limit + 1)
    .execute()
  return pageOf(rows, limit, ({ at, id }) => ({ at, id: String(id) }))
}

/** What a row says of somebody's session. */
export interface SessionEvent {
  readonly account: string
  readonly session: string
  readonly action: string
}

/** Whether this was recorded after a time. */
export async function isRecordedSince(
  db: Connection,
  { account, session, action }: SessionEvent,
  time: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('audit')
    .select('id')
    .where('account_id', '=', account)
    .where('session_id', '=', session)
    .where('action', '=', action)
    .where('at', '>', time)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** When the newest event was recorded, in milliseconds since 1970. */
export async function newestAuditTime(db: Connection): Promise<number | undefined> {
  const row = await db
    .selectFrom('audit')
    .select('at')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at
}
