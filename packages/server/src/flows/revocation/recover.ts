import type { RecentEntries } from '../../feed/recent-entries.ts'
import type { Revocation } from '../../stores/revocations.ts'

/** What a process has read of a log that the database does not hold any more. */
export interface Missing {
  readonly log: string
  /** The number of the newest entry that was read. */
  readonly read: number
  readonly recent: Pick<RecentEntries<Revocation>, 'after' | 'oldest'>
}

/** Repairs what a failover has lost. */
export interface Recovery {
  /**
   * The database holds less of the log than was read of it, or another log. `kept`: what was revoked stays
   * revoked, and all other sessions go on. `restored`: no process knows what is missing, so all keys are
   * withdrawn and all sessions have ended.
   */
  log(missing: Missing): Promise<'kept' | 'restored'>
  /**
   * These were acknowledged by this process and not read in the log. The answer is those of them that the
   * database has lost: it has them again, and since nobody had read them its log goes on.
   */
  entries(missed: readonly Revocation[]): Promise<readonly Revocation[]>
}
