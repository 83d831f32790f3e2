/**
 * One row per job: which process runs it, when it is due, and its last run. Times are milliseconds
 * since 1970 by the database's clock.
 */
export interface JobTable {
  name: string
  /** How often the job was claimed. Only the process of the newest claim may work. */
  claim: number
  /** Machine and number of the process that runs the job. */
  holder: string | null
  /** When the claim ends unless its process extends it, which each batch does. */
  claimed_until: number
  /** When the job may run again. */
  due_at: number
  began_at: number | null
  ended_at: number | null
  /** Rows that the last run changed. */
  changed: number
}
