import type { Connection } from '../database/database.ts'

/** Creates the row of a job, which processes lock in turn. */
export async function prepareJob(db: Connection, name: string): Promise<void> {
  await db
    .insertInto('jobs')
    .values({ name })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * Takes a job until the transaction ends, without waiting.
 * @returns false while another process has it.
 */
export async function takeJob(db: Connection, name: string): Promise<boolean> {
  const row = await db
    .selectFrom('jobs')
    .select('name')
    .where('name', '=', name)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return row !== undefined
}
