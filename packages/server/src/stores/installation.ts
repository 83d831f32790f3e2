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

/** The fact of this name, where there is one. */
export async function findFact(db: Connection, name: string): Promise<string | undefined> {
  return (await findFacts(db, [name])).get(name)
}

/** The facts of these names that there are. */
export async function findFacts(
  db: Connection,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom('installation').selectAll().where('name', 'in', names).execute()
  return new Map(rows.map(({ name, value }) => [name, value]))
}

/** Writes a fact, in place of one of the same name. */
export async function putFact(db: Connection, name: string, value: string): Promise<void> {
  await db
    .insertInto('installation')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}

/** Counts a change, so that other processes notice it. */
export async function bumpFact(db: Connection, name: string): Promise<void> {
  await putFact(db, name, String(Number((await findFact(db, name)) ?? 0) + 1))
}
