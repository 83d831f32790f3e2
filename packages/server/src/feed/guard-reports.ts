import type { AppliedMark } from '@keyhaven/core/wire'

/** The last report of a guard to this process. Times are milliseconds since 1970. */
export interface Report extends AppliedMark {
  /** When it first reported this number, and when it last reported. */
  readonly appliedAt: number
  readonly reportedAt: number
  /** It reports a number that the log does not have yet. */
  readonly ahead: boolean
}

/** Reports of guards to this process, kept in memory and written to the database in batches. */
export interface GuardReports {
  /** Identifies this process in the rows that it writes. */
  readonly processId: string
  /**
   * Stores a report.
   * @returns whether to record that it is ahead of the log: once a minute for each guard.
   */
  take(guardId: string, report: AppliedMark & { ahead: boolean; now: number }): boolean
  of(guardId: string): Report | undefined
  /** Ids of the guards that have reported to this process. */
  received(): readonly string[]
  /** Drops reports of guards whose key was removed. */
  keep(guards: ReadonlySet<string>): void
}

/** Milliseconds between two records that the same guard is ahead: it may report with every call. */
const QUIET = 60_000

/** Keeps reports in memory under the id of this process. */
export function createGuardReports(processId: string): GuardReports {
  const reports = new Map<string, Report>()
  const reported = new Map<string, number>()
  return {
    processId,
    take: (guardId, { log, seq, ahead, now }) => {
      const before = reports.get(guardId)
      const same = before?.log === log && before.seq === seq
      const appliedAt = same ? before.appliedAt : now
      reports.set(guardId, { log, seq, ahead, appliedAt, reportedAt: now })
      if (!ahead || Math.abs(now - (reported.get(guardId) ?? -Infinity)) < QUIET) return false
      reported.set(guardId, now)
      return true
    },
    of: (guardId) => reports.get(guardId),
    received: () => [...reports.keys()],
    keep: (guards) => {
      for (const map of [reports, reported]) {
        for (const id of map.keys()) if (!guards.has(id)) map.delete(id)
      }
    },
  }
}
