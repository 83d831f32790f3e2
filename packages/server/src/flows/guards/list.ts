import type { Database } from '../../database/database.ts'
import { guardPage, reportsOf } from '../../stores/guards.ts'
import type { GuardReport, GuardRow } from '../../stores/guards.ts'
import type { Page, PageRequest } from '../../stores/page.ts'
import type { ContextPart } from '../context.ts'
import { guardReach } from '../../views/guard-reach.ts'
import type { GuardReach } from '../../views/guard-reach.ts'
import { GONE_AFTER, ownReports } from './write-reports.ts'

/** A guard as operators see it. Times are RFC 3339 texts. */
export interface GuardItem extends GuardReach {
  readonly name: string
  readonly createdAt: string
  /** Open feeds in all processes. */
  readonly connections: number
  /** The last reported position; null without a report. */
  readonly log: string | null
  readonly appliedSeq: number | null
  /** When it first reported this number. */
  readonly appliedAt: string | null
  /** Seconds since it last read a heartbeat or reported; null if it never did. */
  readonly age: number | null
  /** It reports a number that the log does not have yet. */
  readonly ahead: boolean
}

/**
 * Lists guards: connections and reports as every process stored them within the last second, and
 * those of this process (`own`) as they are now.
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
  { name, created_at, ...row }: GuardRow,
  received: readonly GuardReport[],
  now: number,
): GuardItem {
  // A time far in the future was written while the clock was wrong
  const isNear = (time: number): boolean => time - now < GONE_AFTER
  const alive = received.filter(({ updated_at: at }) => now - at < GONE_AFTER && isNear(at))
  // The process connected to a guard may not be the one that has its last report
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
    ...guardReach(row),
  }
}
