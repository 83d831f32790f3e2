import { sql } from 'kysely'
import type { Insertable, Selectable } from 'kysely'
import { inserting } from '../../database/compiled.ts'
import type { Connection } from '../../database/database.ts'
import { insertingAll } from '../../database/over-rows.ts'
import type { AuditTable } from '../../database/tables/audit.ts'
import { fromPosition, inOrder, pageOf } from '../page.ts'
import type { Order, Page, PageRequest } from '../page.ts'

/** A row of `audit`. */
export type AuditRow = Selectable<AuditTable>
/** A row of `audit` to be inserted. */
export type NewAuditRow = Insertable<AuditTable>

const columns = [
  'at',
  'action',
  'actor_id',
  'account_id',
  'session_id',
  'reason',
  'address',
  'details',
] as const

/** Inserts an audit row, as yet without a place in the chain. */
export const appendAudit = inserting('audit', columns)

/** Inserts several audit rows, as yet without a place in the chain. */
export const appendAudits = insertingAll('audit', columns)

/** Which rows to read; without any member all of them. */
export interface AuditFilter {
  /** Milliseconds since 1970, inclusive. */
  readonly from?: number | undefined
  /** Milliseconds since 1970, exclusive. */
  readonly to?: number | undefined
  readonly account?: string | undefined
  /**
   * The recorded `details` of failed sign-ins with a login that has no account; instead of
   * `account`.
   */
  readonly unknownLogin?: object | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly address?: string | undefined
}

const byTime: Order = ['at', 'id']

/**
 * A page of audit rows by time. Each filter has an index that begins with its column and continues
 * with time.
 */
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
        // A literal, so that the partial index of these rows is used
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

/** Ids of this table are numbers; as texts `9` would come after `10`. */
function numbered({ after, ...page }: PageRequest): PageRequest<number> {
  const id = Number(after?.id)
  return { ...page, after: after && { at: after.at, id: Number.isSafeInteger(id) ? id : 0 } }
}

/** An event of a session. */
export interface SessionEvent {
  readonly account: string
  readonly session: string
  readonly action: string
}

/** Whether the event was recorded after a time. */
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
