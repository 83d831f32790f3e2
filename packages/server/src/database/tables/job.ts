/** One row per job; the process that holds its lock does the job, so one process at a time does it. */
export interface JobTable {
  name: string
}
