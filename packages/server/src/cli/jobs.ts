import { listJobs } from '../flows/startup/list-jobs.ts'
import type { JobView } from '../flows/startup/list-jobs.ts'
import { withInstallation } from './installation.ts'
import { printResult } from './report.ts'

/** `keyhaven jobs list`: prints every job and its last run. */
export function jobsList({ json }: { readonly json?: boolean }): Promise<void> {
  return withInstallation(async ({ database }) => {
    const jobs = await listJobs(database)
    printResult(json, { jobs }, () => jobs.map((job) => `${job.name.padEnd(8)}  ${stateOf(job)}`))
  })
}

function stateOf({ holder, beganAt, endedAt, changed, dueAt }: JobView): string {
  if (beganAt === undefined) return 'has not run yet'
  if (holder !== undefined) return `runs since ${beganAt} in ${holder}`
  const end = endedAt === undefined ? '' : ` to ${endedAt}`
  return `ran from ${beganAt}${end}, ${changed} rows; due at ${dueAt}`
}
