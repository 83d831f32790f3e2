import { testLog } from '@keyhaven/stage/processes/log'
import { databasePlace } from '../../config/database-place.ts'
import type { Database } from '../../database/database.ts'
import { openDatabase } from '../../database/open-database.ts'
import { claimed, inBatches } from '../../stores/in-batches.ts'
import type { Batch, JobRun } from '../../stores/in-batches.ts'
import { createJobRunner } from './job-runner.ts'
import type { Job, JobRunner } from './job-runner.ts'

/** What a process does for its jobs, and what it has done. */
export interface JobProcess extends JobRunner {
  readonly batches: () => number
  readonly errors: readonly unknown[]
}

/** A job, and what one batch of its work does: as much as it may if left out, so the work has no end. */
export interface JobProcessOptions extends Partial<Job> {
  readonly name: string
  readonly holder: string
  readonly batch?: (most: number) => Promise<number>
}

/** Opens a database as one process does. */
export function openPlace(place: string): Promise<Database> {
  return openDatabase(databasePlace(place), true)
}

/** The runner of a process with one job. */
export function startJobProcess(
  database: Database,
  { name, holder, batch = async (most) => most, ...more }: JobProcessOptions,
): JobProcess {
  let batches = 0
  const errors: unknown[] = []
  const within = claimed((work) => database.dispose(work))
  const job: Job = {
    name,
    interval: 60_000,
    budget: 60_000,
    isDue: async () => true,
    work: inBatches(database, (run, most) =>
      within(run, async () => {
        batches++
        return batch(most)
      }),
    ),
    failed: (error) => errors.push(error),
    worked: () => {},
    ...more,
  }
  const runner = createJobRunner({ database, holder, log: testLog(), jobs: [job] })
  return { ...runner, batches: () => batches, errors }
}

/** Tries one batch of a run, as its process does. */
export async function tryBatch(
  database: Database | undefined,
  run: JobRun | undefined,
): Promise<Batch | undefined> {
  if (database === undefined || run === undefined) throw new Error('there is no run')
  return claimed((work) => database.dispose(work))(run, async () => 1)
}
