import type { Connection } from '../database/database.ts'

/** The fact of this name, written now where there is none yet. */
export async function factOf(db: Connection, name: string, first: string): Promise<string> {
  await db
    .insertInto('installation')
    .values({ name, value: first })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db
    .selectFrom('installation')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow()
  return row.value
}
