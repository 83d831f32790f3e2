import { sql } from 'kysely'
import type { Connection } from '../database/database.ts'
import { serverClock } from '../database/server-clock.ts'
import type { JobTable } from '../database/tables/job.ts'

/** A job's row, and the database's time at which it was read. */
export type JobRow = JobTable & { readonly now: number }

/**
 * A claim of a job: its number in the row proves that no later one was made. A restored database
 * counts from a lower number again, so the holder must be the same too.
 */
export interface ClaimedJob {
  readonly name: string
  readonly number: number
  readonly holder: string
}

/**
 * Milliseconds until another process may take a job over whose process extends its claim no more.
 * Each batch extends it, and one takes less than a second.
 */
const LEASE = 5000

/** The rows of all jobs. */
export function readJobs(db: Connection): Promise<JobRow[]> {
  return db
    .selectFrom('jobs')
    .selectAll()
    .select(serverClock(db).as('now'))
    .orderBy('name')
    .execute()
}

/**
 * Whether a job may be claimed. A time that is further ahead than the clock can have led to was
 * written before the clock was set back, and counts as over.
 */
export function isFree({ holder, now, ...row }: JobRow, interval: number): boolean {
  const isOver = (time: number, most: number): boolean => time <= now || time > now + most
  return isOver(row.due_at, interval) && (holder === null || isOver(row.claimed_until, LEASE))
}

/** Adds the rows of new jobs. */
export async function addJobs(db: Connection, names: readonly string[]): Promise<void> {
  const rows = names.map((name) => ({ name }))
  await db
    .insertInto('jobs')
    .values(rows.map((row) => ({ ...row, claim: 0, claimed_until: 0, due_at: 0, changed: 0 })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * Claims a job, without waiting for a process that changes its row.
 * @returns `undefined` if the job is not free.
 */
export async function claimJob(
  db: Connection,
  { name, interval, holder }: { name: string; interval: number; holder: string },
): Promise<ClaimedJob | undefined> {
  const row = await db
    .selectFrom('jobs')
    .selectAll()
    .select(serverClock(db).as('now'))
    .where('name', '=', name)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (row === undefined || !isFree(row, interval)) return undefined
  const { claim } = await db
    .updateTable('jobs')
    .set({
      claim: sql`claim + 1`,
      holder,
      claimed_until: sql`${serverClock(db)} + ${LEASE}`,
      began_at: serverClock(db),
      ended_at: null,
      changed: 0,
    })
    .where('name', '=', name)
    .returning('claim')
    .executeTakeFirstOrThrow()
  return { name, number: claim, holder }
}

/**
 * Extends a claim, and locks the job until the transaction ends.
 * @returns false if another process has claimed the job since.
 */
export async function keepClaim(
  db: Connection,
  { name, number, holder }: ClaimedJob,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set({ claimed_until: sql`${serverClock(db)} + ${LEASE}` })
    .where('name', '=', name)
    .where('claim', '=', number)
    .where('holder', '=', holder)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Ends a run. @returns false if another process has claimed the job since. */
export async function releaseJob(
  db: Connection,
  { name, number, holder }: ClaimedJob,
  { wait, changed }: { readonly wait: number; readonly changed: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set({
      holder: null,
      due_at: sql`${serverClock(db)} + ${wait}`,
      ended_at: serverClock(db),
      changed,
    })
    .where('name', '=', name)
    .where('claim', '=', number)
    .where('holder', '=', holder)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
