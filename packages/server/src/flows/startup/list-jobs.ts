import type { Database } from '../../database/database.ts'
import { readJobs } from '../../stores/jobs.ts'

/** A job and its last run. Times are RFC 3339 texts. */
export interface JobView {
  readonly name: string
  /** Machine and number of the process that runs it; `undefined` between runs. */
  readonly holder: string | undefined
  /** When the last run began; `undefined` before the first. */
  readonly beganAt: string | undefined
  readonly endedAt: string | undefined
  /** Rows that the last run changed. */
  readonly changed: number
  /** When it may run again. */
  readonly dueAt: string
}

/** Lists every job that a process has run or may run. */
export function listJobs(database: Database): Promise<JobView[]> {
  return database.read(async ({ db }) => {
    const rows = await readJobs(db)
    return rows.map((row) => ({
      name: row.name,
      holder: row.holder ?? undefined,
      beganAt: timeOf(row.began_at),
      endedAt: timeOf(row.ended_at),
      changed: row.changed,
      dueAt: new Date(row.due_at).toISOString(),
    }))
  })
}

function timeOf(time: number | null): string | undefined {
  return time === null ? undefined : new Date(time).toISOString()
}
