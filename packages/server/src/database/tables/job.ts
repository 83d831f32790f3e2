/** One row per job. The process that locks it does the job, so only one process at a time does. */
export interface JobTable {
  name: string
}
