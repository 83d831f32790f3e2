import { dropReportsBefore, putReports } from '../../stores/guards.ts'
import type { GuardReport } from '../../stores/guards.ts'
import type { Context, ContextPart } from '../context.ts'

/** A row older than this many milliseconds is of a process that no longer runs. */
export const GONE_AFTER = 30_000

/** Rows of connected guards are written at least this often, even without a change. */
const REFRESH = 5000

/** Writes this process's reports of guards for the other processes; only those that changed. */
export function createReportWriter(
  context: Pick<Context, 'database'> & ContextPart<'listeners', 'reports' | 'guards'>,
): () => Promise<void> {
  let written = new Map<string, GuardReport>()
  return async () => {
    const now = await context.database.read(async (moment) => moment.now)
    const rows = ownReports(context, now)
    const due = rows.filter((row) => isDue(row, written.get(row.guard_id)))
    if (due.length === 0) return
    await context.database.transact(async ({ db }) => {
      await putReports(db, due)
      await dropReportsBefore(db, now - GONE_AFTER)
    })
    written = new Map([...written, ...due.map((row) => [row.guard_id, row] as const)])
  }
}

/** This process's reports of guards, as rows. */
export function ownReports(
  {
    listeners: { reports, guards: guardListeners },
  }: ContextPart<'listeners', 'reports' | 'guards'>,
  now: number,
): GuardReport[] {
  const counts = guardListeners.counts()
  const received = guardListeners.received()
  // Includes guards that disconnected without ever reporting
  const ids = new Set([...reports.received(), ...counts.keys(), ...received.keys()])
  return [...ids].map((id) => {
    const report = reports.of(id)
    return {
      guard_id: id,
      process_id: reports.processId,
      log: report?.log ?? null,
      seq: report?.seq ?? null,
      applied_at: report?.appliedAt ?? null,
      heard_at: latest(report?.reportedAt, received.get(id)),
      ahead: report?.ahead ? 1 : 0,
      connections: counts.get(id) ?? 0,
      updated_at: now,
    }
  })
}

/** The later of a report and a received heartbeat. */
function latest(...times: readonly (number | undefined)[]): number | null {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? null : Math.max(...known)
}

function isDue(row: GuardReport, before: GuardReport | undefined): boolean {
  if (before === undefined) return true
  const changed = (['log', 'seq', 'ahead', 'connections'] as const).some(
    (name) => row[name] !== before[name],
  )
  // The clock may have been set back since
  const old = Math.abs(row.updated_at - before.updated_at) >= REFRESH
  return changed || (old && row.connections > 0)
}
