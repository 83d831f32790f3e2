/** One row per job; whoever holds its lock does the job, so that one process at a time does it. */
export interface JobTable {
  name: string
}
