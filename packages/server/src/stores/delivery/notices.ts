import type { Connection } from '../../database/database.ts'
import { newTokenId } from '../../secrets/random.ts'

/** What every process is notified of. */
export type NoticeKind = 'keys' | 'guards' | 'pages'

/** A notice to all processes. */
export interface Notice {
  readonly kind: NoticeKind
  /** Empty if it concerns no account. */
  readonly account_id: string
}

/** A notice with its place. */
export interface NumberedNotice extends Notice, NoticePlace {}

/** A place among the notices: the number of one, and its random id. */
export interface NoticePlace {
  readonly number: number
  readonly id: string
}

/** The fact with the place of the newest notice. */
export const NEWEST_NOTICE = 'notices'

/** Notices that stay, for processes that read late; one that comes later still assumes all changes. */
const KEPT = 1000

/** Parses the fact. */
export function placeOf(fact: string | undefined): NoticePlace {
  const [, number = '0', id = ''] = /^(\d{1,15}):([\w-]*)$/.exec(fact ?? '') ?? []
  return { number: Number(number), id }
}

/**
 * Numbers notices. The row of the newest one stays locked until the transaction ends, so that no
 * notice becomes visible before one with a lower number.
 */
export async function publishNotices(db: Connection, notices: readonly Notice[]): Promise<void> {
  if (notices.length === 0) return
  await db
    .insertInto('installation')
    .values({ name: NEWEST_NOTICE, value: '0:' })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const { value } = await db
    .selectFrom('installation')
    .select('value')
    .where('name', '=', NEWEST_NOTICE)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const { number } = placeOf(value)
  const rows = notices.map((notice, at) => ({
    ...notice,
    number: number + 1 + at,
    id: newTokenId(),
  }))
  await db.insertInto('notices').values(rows).execute()
  const newest = rows.at(-1)
  if (newest === undefined) return
  await db
    .updateTable('installation')
    .set({ value: `${newest.number}:${newest.id}` })
    .where('name', '=', NEWEST_NOTICE)
    .execute()
  await db
    .deleteFrom('notices')
    .where('number', '<=', newest.number - KEPT)
    .execute()
}

/**
 * The notices after a place, in order.
 * @returns `undefined` if they are not all there: some were deleted, or a failover lost the place.
 */
export async function noticesAfter(
  db: Connection,
  after: NoticePlace,
): Promise<readonly NumberedNotice[] | undefined> {
  const rows = await db
    .selectFrom('notices')
    .selectAll()
    .where('number', '>=', after.number)
    .orderBy('number')
    .execute()
  if (after.number === 0) return rows[0]?.number === 1 ? asNotices(rows) : undefined
  const [first, ...later] = rows
  return first?.number === after.number && first.id === after.id ? asNotices(later) : undefined
}

function asNotices(rows: readonly (NoticePlace & { kind: string; account_id: string })[]) {
  return rows.map((row) => ({ ...row, kind: row.kind as NoticeKind }))
}
