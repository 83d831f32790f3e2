import type { RecentEntries } from '../../feed/recent-entries.ts'
import type { Revocation } from '../../stores/revocations.ts'

/** What a process has read of a log that the database no longer has. */
export interface Missing {
  readonly log: string
  /** The number of the newest entry that it has read. */
  readonly read: number
  readonly recent: Pick<RecentEntries<Revocation>, 'after' | 'oldest'>
}

/** Repairs what a failover has lost. */
export interface Recovery {
  /**
   * Called if the database has less of the log than was read of it, or another log. `kept`:
   * revocations stay in effect, and all other sessions continue. `restored`: no process knows what
   * is missing, so all keys are withdrawn and all sessions have ended.
   */
  log(missing: Missing): Promise<'kept' | 'restored'>
  /**
   * Called with entries that this process has acknowledged but not found in the log. Appends those
   * that the database has lost and returns them. No process had read them, so the log continues.
   */
  entries(missed: readonly Revocation[]): Promise<readonly Revocation[]>
}
