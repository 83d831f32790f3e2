import type { Database } from '../../database/database.ts'
import { guardPage, reportsOf } from '../../stores/guards.ts'
import type { GuardReport, GuardRow } from '../../stores/guards.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import type { ContextPart } from '../context.ts'
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
  /** Seconds since it last took a heartbeat or reported; null where it never did. */
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
  own?: ContextPart<'listeners', 'reports' | 'guards'>,
): Promise<Page<GuardItem>> {
  return database.read(async ({ db, now }) => {
    const { items, next } = await guardPage(db, page)
    const written = await reportsOf(db, page)
    const others = written.filter((row) => row.process_id !== own?.listeners.reports.processId)
    const known = own === undefined ? written : [...others, ...ownReports(own, now)]
    const byGuard = Map.groupBy(known, ({ guard_id }) => guard_id)
    return { next, items: items.map((row) => itemOf(row, byGuard.get(row.id) ?? [], now)) }
  })
}

function itemOf(
  { name, created_at }: GuardRow,
  received: readonly GuardReport[],
  now: number,
): GuardItem {
  // A time far ahead was written while the clock was wrong: it says nothing about now
  const isNear = (time: number): boolean => time - now < GONE_AFTER
  const alive = received.filter(({ updated_at: at }) => now - at < GONE_AFTER && isNear(at))
  // A process that hears a guard's feed may not be the one that has its last report
  const [last] = received.toSorted((a, b) => (b.applied_at ?? 0) - (a.applied_at ?? 0))
  const applied_at = last?.applied_at ?? null
  const receivedAt = Math.max(...received.map(({ heard_at }) => heard_at ?? 0).filter(isNear), 0)
  return {
    name,
    createdAt: new Date(created_at).toISOString(),
    connections: alive.reduce((sum, { connections }) => sum + connections, 0),
    log: last?.log ?? null,
    appliedSeq: last?.seq ?? null,
    appliedAt: applied_at === null ? null : new Date(applied_at).toISOString(),
    age: receivedAt === 0 ? null : Math.max(0, now - receivedAt) / 1000,
    ahead: last?.ahead === 1,
  }
}
