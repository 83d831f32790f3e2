import type { Database } from '../database/database.ts'
import { allReports, guardPage } from '../stores/guards.ts'
import type { GuardReport, GuardRow } from '../stores/guards.ts'
import type { Page, PageRequest } from '../stores/page.ts'
import type { Rooms } from './rooms.ts'
import { GONE_AFTER, ownReports } from './write-reports.ts'

/** A guard as an operator sees it. Times are RFC 3339 texts. */
export interface GuardItem {
  readonly name: string
  readonly createdAt: string
  /** Open feeds, in every process. */
  readonly connections: number
  /** What it reported last; all null where it never did. */
  readonly log: string | null
  readonly appliedSeq: number | null
  /** When it reported this number first. */
  readonly appliedAt: string | null
  /** Seconds since it reported last. */
  readonly age: number | null
  /** It claims more than the log holds. */
  readonly ahead: boolean
}

/**
 * Who listens, and what they have applied: as every process wrote it within the last second, and what
 * this one has heard as it is.
 */
export function listGuards(
  database: Database,
  page: PageRequest,
  own?: Pick<Rooms, 'reports' | 'streams'>,
): Promise<Page<GuardItem>> {
  return database.read(async ({ db, now }) => {
    const { items, next } = await guardPage(db, page)
    const written = await allReports(db)
    const others = written.filter((row) => row.process_id !== own?.reports.processId)
    const known = own === undefined ? written : [...others, ...ownReports(own, now)]
    const byGuard = Map.groupBy(known, ({ guard_id }) => guard_id)
    return { next, items: items.map((row) => itemOf(row, byGuard.get(row.id) ?? [], now)) }
  })
}

function itemOf(
  { name, created_at }: GuardRow,
  heard: readonly GuardReport[],
  now: number,
): GuardItem {
  const alive = heard.filter(({ updated_at }) => now - updated_at < GONE_AFTER)
  const [last] = heard.toSorted((a, b) => (b.reported_at ?? 0) - (a.reported_at ?? 0))
  const { reported_at = null, applied_at = null } = last ?? {}
  return {
    name,
    createdAt: new Date(created_at).toISOString(),
    connections: alive.reduce((sum, { connections }) => sum + connections, 0),
    log: last?.log ?? null,
    appliedSeq: last?.seq ?? null,
    appliedAt: applied_at === null ? null : new Date(applied_at).toISOString(),
    age: reported_at === null ? null : Math.max(0, now - reported_at) / 1000,
    ahead: last?.ahead === 1,
  }
}
