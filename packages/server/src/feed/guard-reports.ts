import type { AppliedMark } from '@keyhaven/core/wire'

/** What a guard said last in this process. Times are milliseconds since 1970. */
export interface Report extends AppliedMark {
  /** When it reported this number first, and when it was heard last. */
  readonly appliedAt: number
  readonly reportedAt: number
  /** It claims more than the log holds. */
  readonly ahead: boolean
}

/** What guards report here: kept in memory, written to the database in batches. */
export interface GuardReports {
  /** Names this process in the rows that it writes. */
  readonly processId: string
  /** Takes a report; the answer says whether an excess in it should be told of: once a minute for each guard. */
  take(guardId: string, report: AppliedMark & { ahead: boolean; now: number }): boolean
  of(guardId: string): Report | undefined
  /** Guards that this process has heard. */
  received(): readonly string[]
  /** Forgets guards whose key is gone. */
  keep(guards: ReadonlySet<string>): void
}

/** Milliseconds between two words about the same guard's excess: it may come with every call. */
const QUIET = 60_000

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
