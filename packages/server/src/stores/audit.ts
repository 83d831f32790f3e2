import { sql } from 'kysely'
import type { Insertable, Selectable } from 'kysely'
import { inserting } from '../database/compiled.ts'
import type { Connection } from '../database/database.ts'
import type { AuditTable } from '../database/tables/audit.ts'
import { fromPosition, inOrder, pageOf } from './page.ts'
import type { Order, Page, PageRequest } from './page.ts'

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
  /** Milliseconds since 1970: rows of this time and later. */
  readonly from?: number | undefined
  /** Rows of before this time. */
  readonly to?: number | undefined
  readonly account?: string | undefined
  /** Failed sign-ins with this login of no account: `details` as they were recorded, in place of an account. */
  readonly unknownLogin?: object | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly address?: string | undefined
}

const byTime: Order = ['at', 'id']

/** What happened, by time. Each filter has an index that begins with it and goes on by time. */
export async function auditPage(
  db: Connection,
  page: PageRequest,
  filter: AuditFilter,
): Promise<Page<AuditRow>> {
  const { from, to, account, unknownLogin, actor, action, address } = filter
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .$if(from !== undefined, (query) => query.where('at', '>=', from ?? 0))
    .$if(to !== undefined, (query) => query.where('at', '<', to ?? 0))
    .$if(account !== undefined, (query) => query.where('account_id', '=', account ?? ''))
    .$if(unknownLogin !== undefined, (query) =>
      query
        // Written out, for the index of these rows only
        .where(sql<boolean>`action = 'sign_in.failed' and account_id is null`)
        .where('details', '=', JSON.stringify(unknownLogin)),
    )
    .$if(actor !== undefined, (query) => query.where('actor_id', '=', actor ?? ''))
    .$if(action !== undefined, (query) => query.where('action', '=', action ?? ''))
    .$if(address !== undefined, (query) => query.where('address', '=', address ?? ''))
    .where(fromPosition(byTime, numbered(page)))
    .orderBy(inOrder(byTime, page))
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows, page.limit, ({ at, id }) => ({ at, id: String(id) }))
}

/** The ids of this table are numbers: of texts `9` comes after `10`. */
function numbered({ after, ...page }: PageRequest): PageRequest<number> {
  return { ...page, after: after && { at: after.at, id: Number(after.id) || 0 } }
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
