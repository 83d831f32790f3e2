import { changeIn } from './databases.ts'

/** Rows that the database refuses: those of a table that have all these values. */
export interface RefusedRows {
  readonly table: string
  /** Texts without quotes, by column. */
  readonly values: Readonly<Record<string, string>>
}

/** Makes the database refuse to insert or update rows. Returns a function that ends it. */
export async function refuseRows(
  database: string,
  { table, values }: RefusedRows,
): Promise<() => Promise<void>> {
  const where = (row: string): string =>
    Object.entries(values)
      .map(([column, value]) => `${row}${column} = '${value}'`)
      .join(' and ')
  if (database.startsWith('postgres')) {
    // Rows that are there stay
    const check = `check (not (${where('')})) not valid`
    await changeIn(database, `alter table ${table} add constraint planted ${check}`)
    return () => changeIn(database, `alter table ${table} drop constraint planted`)
  }
  const refusal = `on ${table} when ${where('new.')} begin select raise(abort, 'planted'); end`
  const events = ['insert', 'update']
  await changeIn(
    database,
    ...events.map((event) => `create trigger planted_${event} before ${event} ${refusal}`),
  )
  return () => changeIn(database, ...events.map((event) => `drop trigger planted_${event}`))
}
