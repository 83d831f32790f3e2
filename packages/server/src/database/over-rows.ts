import { sql, SqliteAdapter } from 'kysely'
import type { CompiledQuery, Insertable, RawBuilder } from 'kysely'
import { compiled } from './compiled.ts'
import type { Connection } from './database.ts'
import { jsonParameter } from './json-parameter.ts'
import type { Tables } from './tables.ts'

type Row<T extends keyof Tables, C extends string> = Pick<
  Insertable<Tables[T]>,
  C & keyof Insertable<Tables[T]>
>

/** A statement over several rows, which is compiled once: they are one parameter of it. */
type OverRows<T extends keyof Tables, C extends string> = (
  db: Connection,
  rows: readonly Row<T, C>[],
) => Promise<void>

/**
 * A statement over rows of a table, with these columns and the table's types. It is executed if there
 * are any.
 */
export function overRows<T extends keyof Tables, C extends keyof Tables[T] & string>(
  table: T,
  columns: readonly C[],
  statement: (given: RawBuilder<unknown>) => RawBuilder<unknown>,
): OverRows<T, C> {
  const execute = compiled((db, json) => ({
    compile: (): CompiledQuery<unknown> =>
      statement(isSqlite(db) ? onSqlite(columns, json) : onPostgres(table, json)).compile(db),
  }))
  return async (db, rows) => {
    if (rows.length > 0) await execute(db, jsonParameter(rows))
  }
}

/** An insert of several rows. They must have all of these columns. */
export function insertingAll<T extends keyof Tables, C extends keyof Tables[T] & string>(
  table: T,
  columns: readonly C[],
): OverRows<T, C> {
  const names = sql.join(columns.map((column) => sql.ref(column)))
  return overRows(
    table,
    columns,
    (given) =>
      sql`insert into ${sql.table(table)} (${names}) select ${names} from ${given} as given`,
  )
}

function isSqlite(db: Connection): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter
}

function onPostgres(table: string, json: string): RawBuilder<unknown> {
  return sql`json_populate_recordset(null::${sql.table(table)}, ${json}::json)`
}

function onSqlite(columns: readonly string[], json: string): RawBuilder<unknown> {
  const members = columns.map((name) => sql`value ->> ${sql.lit(name)} as ${sql.ref(name)}`)
  return sql`(select ${sql.join(members)} from json_each(${json}))`
}
